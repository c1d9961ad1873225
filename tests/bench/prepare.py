# SPDX-License-Identifier: GPL-2.0-or-later
"""What machines need, built by make."""

import os
import subprocess

import machine


def make(build, targets):
    """None, or what make said last."""
    done = subprocess.run(["make", "-s", "-C", machine.TOP, f"BUILD={build}", *targets],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode == 0:
        return None
    return (done.stdout.strip().splitlines() or ["make failed without a word"])[-1]


def prepare(setting, jobs, progress):
    """Build what the jobs need, once and before they run; those that lack something are marked."""
    needs = sorted({need for job in jobs for need in job.part.needs()}
                   | ({"bench/profile.so"} if setting.events else set()))
    progress.tell("preparing " + ", ".join(needs))
    if make(setting.build, [os.path.join(setting.build, need) for need in needs]) is None:
        return
    for job in jobs:
        for need in job.part.needs():
            why = make(setting.build, [os.path.join(setting.build, need)])
            if why:
                job.missing = f"{need} could not be made: {why}"
                break
