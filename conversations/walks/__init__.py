"""Walks: examples of whole conversations, in a YAML file beside the form, tried before a change is published.

    walks:
      - name: A school that is not in the list
        language: en                        # else the form's default
        date: 2026-01-15                    # else today
        steps:
          - app_kind: Joining               # question: answer – it must be the question asked now
          - school: My school is not listed
          - inst_code:                      # nothing: skipped
          - support_needed: [Training, Materials]
          - asked: inst_name                # what is asked now
          - says: А
            hears: from 5 to 160            # part of what the desk says to that
          - taps: Back
          - offers: [Yes, No]               # all the choices, in order
          - sends: decision.pdf
          - then: review                    # or: submitted

The keys of a step are done in the order in which they are written.
"""

from conversations.walks.running import WalkResult, run_walks
from conversations.walks.script import walks_beside

__all__ = ["WalkResult", "run_walks", "walks_beside"]
