"""Every built-in plugin under another name: made when it is asked for, as `<group>__<name>`."""

from importlib.metadata import entry_points


def __getattr__(name: str) -> type:
    group, split, plugin = name.partition("__")
    found = entry_points(group=f"relnet.{group}", name=plugin) if split and plugin else ()
    for point in found:
        built_in = point.load()
        members = {"__module__": __name__, "__qualname__": name, "__doc__": built_in.__doc__, "name": f"loop_{plugin}"}
        made = type(built_in)(name, (built_in,), members)
        globals()[name] = made
        return made
    raise AttributeError(name)
