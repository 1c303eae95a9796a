"""Who will read a reply: everybody in the conversation, as of now; in doubt, outsiders too."""

from __future__ import annotations

from bot.slack.directory import Directory, Room
from bot.slack.identity import people_of
from kam_knowledge.access import Audience
from kam_knowledge.store.engine import Store


def readers(store: Store, directory: Directory, room: Room, asker: int | None) -> Audience:
    """The audience of a reply in a conversation. Raises NotTold.

    Anyone may join a public channel, so it is everybody; a guest in it reads too. In a private
    one whoever is not in our book counts as an outsider: nothing says what they may see.
    """
    if room.direct:
        return Audience.only(asker) if asker is not None else Audience.members((), outsiders=True)
    members = [one for one in directory.members(room.members) if not (one.is_bot or one.deleted)]
    outsiders = room.shared_outside or any(one.outside for one in members)
    if room.public:
        return Audience.everyone(outsiders=outsiders)
    with store.read() as session:
        found = people_of(session, [one for one in members if not one.outside])
    ours = {person.id for person in found if person is not None and person.listed}
    outsiders = outsiders or any(person is None or not person.listed for person in found)
    return Audience.members(ours | ({asker} if asker is not None else set()), outsiders=outsiders)
