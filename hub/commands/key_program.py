"""The commands of `etabli-hub key`, which are imported when they are called."""

from collections.abc import Callable

from certificates.command_line import Command, Group
from certificates.language import mark


def key_commands(command: Callable[[str, str], Command]) -> Group:
    """Give the commands about keys."""
    return Group(
        mark("Keys: paper root keys, the registry, the inventory."),
        {
            **_groups(command),
            "status": command("key_status.status", mark("Print the inventory of all keys.")),
            "sheet": command("key_status.sheet", mark("Print the steps of a ceremony as a PDF.")),
        },
    )


def _groups(command: Callable[[str, str], Command]) -> dict[str, Command | Group]:
    root = {
        "first": command("root_keys.first", mark("Make the paper root key of a workshop and its first root file.")),
        "new": command("root_keys.new", mark("Make a paper root key; needs no hub.")),
        "draft": command("root_keys.draft", mark("Write the next version of the root file, to be signed.")),
        "replace": command("root_keys.replace_one", mark("Write the next version with one key for another.")),
        "add-share": command("root_keys.replace_one", mark("Write the next version with one more root key.")),
        "sign": command("root_keys.sign", mark("Sign a root file with a paper key; needs no hub.")),
        "install": command("root_keys.install", mark("Put a signed root file in force.")),
    }
    registry = {
        "new": command("registry_keys.new", mark("Make a registry key; needs no hub.")),
        "enrol": command("registry_keys.enrol", mark("Take a bench in.")),
        "rotate": command("registry_keys.rotate", mark("Let a new key of a bench replace its old one.")),
        "retire": command("registry_keys.retire", mark("End a key; what it signed before counts on.")),
        "compromise": command("registry_keys.compromise", mark("Say that somebody else may have a key.")),
        "sign": command("registry_keys.sign", mark("Sign a request; needs no hub.")),
        "approve": command("registry_keys.approve", mark("Approve a signed request as a second person; needs no hub.")),
        "bring": command("registry_keys.bring", mark("Take a signed request in.")),
    }
    own = {
        "new": command("online_keys.new_hub", mark("Make the next key of the hub; a root file has to name it.")),
        "change": command(
            "online_keys.change_hub",
            mark("Put a root file in force, and the next key in use; the hub must not run."),
        ),
    }
    log = {
        "new": command("online_keys.new_log", mark("Make the next key of the log; a root file has to name it.")),
        "change": command("online_keys.change_log", mark("Open the next part of the log under its next key.")),
    }
    return {
        "root": Group(mark("Root files and paper keys."), root),
        "registry": Group(mark("Keys of benches, and the people who decide about them."), registry),
        "hub": Group(mark("The key of this hub."), own),
        "log": Group(mark("The key of its log."), log),
    }
