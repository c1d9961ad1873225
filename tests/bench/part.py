# SPDX-License-Identifier: GPL-2.0-or-later
"""Parts of columns: what measures the rows of one program in one place."""


class Part:
    """What all have in common. run(setting, tmp, on_row) of each measures: it calls on_row with a
    row's name and figure, works in the folder tmp, and gives back complaints."""
    program = "micro"       # whose rows it measures
    only = None             # the rows it has; None: all of the program's
    without = ()            # those that it has not
    weight = 0              # heavier ones are begun first
    profiled = False        # whether the profiler can tell what is whose in it

    def wanted(self, setting):
        """Those of the rows asked for that it has."""
        return [row for row in setting.rows.by_program[self.program]
                if (self.only is None or row in self.only) and row not in self.without]
