"""A strict Slack workspace on this machine: Web API, Socket Mode, signed HTTP events, and people.

It answers as Slack does, errors included, so that the real Bolt app and the real SDK can be run
against it, in tests and for the demo. `running.RunningWorkspace` runs it in a thread of its own,
`kam workspace` in a process of its own; `people.People` is what the people in it do and see.

asyncio is at home here and nowhere else in the product: everything that changes the workspace
runs on one event loop, so nothing is locked.
"""
