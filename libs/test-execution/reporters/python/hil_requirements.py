"""Inside the sandbox: which requirements a repository states, whether the interpreter meets them, install.

usage: hil_requirements.py check|install [--pytest]
Exit code 0: met (check) or installed; 3 (check): something is missing.
"""
import configparser
import os
import re
import subprocess
import sys

from pip._vendor.packaging.markers import InvalidMarker, Marker
from pip._vendor.packaging.requirements import InvalidRequirement, Requirement
from pip._vendor.packaging.utils import canonicalize_name

try:
    import tomllib
except ImportError:
    from pip._vendor import tomli as tomllib

FILES = [
    "requirements.txt", "requirements-test.txt", "requirements-tests.txt", "requirements_test.txt",
    "requirements-dev.txt", "requirements_dev.txt", "dev-requirements.txt", "test-requirements.txt",
    "requirements/test.txt", "requirements/tests.txt", "requirements/testing.txt", "requirements/dev.txt",
]
LOCKS = ["uv.lock", "poetry.lock", "pdm.lock"]
GROUPS = ["test", "tests", "testing", "dev", "develop", "development"]


def pyproject():
    try:
        with open("pyproject.toml", "rb") as stream:
            return tomllib.load(stream)
    except FileNotFoundError:
        return {}


def setup_cfg():
    parser = configparser.ConfigParser(interpolation=None)
    parser.read("setup.cfg")
    return parser


def buildable(project):
    if "project" in project or "build-system" in project or "poetry" in project.get("tool", {}):
        return "name" in project.get("project", {}) or "project" not in project
    return os.path.exists("setup.py") or setup_cfg().has_section("metadata")


def group(project, name):
    lines = []
    for entry in project.get("dependency-groups", {}).get(name, []):
        if isinstance(entry, str):
            lines.append(entry)
        elif "include-group" in entry:
            lines.extend(group(project, entry["include-group"]))
    return lines


def poetry_groups(project):
    poetry = project.get("tool", {}).get("poetry", {})
    tables = [poetry.get("dev-dependencies", {})]
    for name in GROUPS:
        tables.append(poetry.get("group", {}).get(name, {}).get("dependencies", {}))
    lines = []
    for table in tables:
        for name, spec in table.items():
            version = spec if isinstance(spec, str) else spec.get("version", "*") if isinstance(spec, dict) else "*"
            caret = re.match(r"^[\^~](\d[\w.]*)$", version)
            if caret:
                lines.append("%s>=%s" % (name, caret.group(1)))
            elif re.match(r"^[<>=!]", version):
                lines.append(name + version)
            else:
                lines.append(name if version == "*" else "%s==%s" % (name, version))
    return lines


def tox_requirements():
    """What tox's [testenv] or the test sessions of a noxfile install besides the project."""
    lines = []
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read("tox.ini")
        deps = parser.get("testenv", "deps", fallback="")
    except configparser.Error:
        deps = ""
    for line in deps.splitlines():
        # `factor: package` names a package for some environments only.
        line = re.sub(r"\s+#.*$", "", line).strip()
        if line and not line.startswith("#") and not re.match(r"^[\w{},.!-]+:\s", line):
            lines.extend(line.split() if line.startswith("-r") else [line])
    if os.path.exists("noxfile.py"):
        with open("noxfile.py", encoding="utf-8", errors="replace") as stream:
            sessions = re.split(r"^@nox\.session", stream.read(), flags=re.M)
        for session in sessions:
            if not re.search(r"^def (?:\w*_)?tests?\w*\(", session, flags=re.M):
                continue
            for call in re.findall(r"session\.install\(([^)]*)\)", session):
                words = re.findall(r"[\"']([^\"']*)[\"']", call)
                lines.extend(word for word in words if word not in (".", "-e") and not word.startswith(".["))
    return [line for line in lines if "{" not in line]


def extras(project):
    names = set(project.get("project", {}).get("optional-dependencies", {}))
    cfg = setup_cfg()
    if cfg.has_section("options.extras_require"):
        names |= set(cfg.options("options.extras_require"))
    if os.path.exists("setup.py") and not names:
        with open("setup.py", encoding="utf-8", errors="replace") as stream:
            text = stream.read()
        if "extras_require" in text:
            names |= {name for name in GROUPS if re.search(r"['\"]%s['\"]\s*:" % name, text)}
    return [name for name in GROUPS if name in names]


def stated(project):
    """Requirement lines, or None when they can't be told without building."""
    table = project.get("project", {})
    if buildable(project) and "name" not in table:
        return None
    if "dependencies" in table.get("dynamic", []):
        return None
    lines = list(table.get("dependencies", []))
    for name in extras(project):
        lines.extend(table.get("optional-dependencies", {}).get(name, []))
    for name in GROUPS:
        lines.extend(group(project, name))
    tox = tox_requirements()
    if "-r" in tox:
        return None
    lines.extend(tox)
    for path in filter(os.path.exists, FILES):
        with open(path, encoding="utf-8", errors="replace") as stream:
            for line in stream:
                line = re.sub(r"(^|\s)#.*$", "", line).strip()
                if line.startswith(("-r", "-e", "-c", "--", "git+", "http")):
                    return None
                if line:
                    lines.append(line)
    return lines


def needs_metadata():
    """Own version look-ups and plugins work only for an installed distribution."""
    for path in ("pyproject.toml", "setup.cfg", "setup.py"):
        if os.path.exists(path):
            with open(path, encoding="utf-8", errors="replace") as stream:
                if re.search(r"entry.points|\.scripts\]|ext_modules", stream.read()):
                    return True
    for folder, folders, files in os.walk("."):
        folders[:] = [name for name in folders if not name.startswith(".") and name != "node_modules"]
        for name in files:
            if name.endswith(".py"):
                with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as stream:
                    if re.search(r"importlib[._]metadata|pkg_resources", stream.read()):
                        return True
    return False


def locked():
    """The lock file and its versions by name; of several versions of a name, the one for this interpreter."""
    for path in filter(os.path.exists, LOCKS):
        try:
            with open(path, "rb") as stream:
                packages = tomllib.load(stream).get("package", [])
        except tomllib.TOMLDecodeError:
            continue
        versions = {}
        for package in packages:
            source = package.get("source", {})
            # The project itself, and what comes from a path or a repository, has no version to ask an index for.
            if "version" not in package or ({"editable", "virtual", "directory", "path", "git", "url"} & set(source)):
                continue
            if source.get("type") in ("directory", "file", "git", "url"):
                continue
            if any(key in package for key in ("path", "git", "url")) or not is_for_here(package):
                continue
            versions.setdefault(canonicalize_name(package["name"]), set()).add(package["version"])
        return path, {name: found.pop() for name, found in versions.items() if len(found) == 1}
    return None, {}


def is_for_here(package):
    markers = package.get("resolution-markers", [])
    try:
        return not markers or any(Marker(marker).evaluate({"extra": ""}) for marker in markers)
    except InvalidMarker:
        return True


def met(lines):
    from importlib import metadata

    _, versions = locked()
    for line in lines:
        try:
            requirement = Requirement(line)
        except InvalidRequirement:
            return False
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            version = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            return False
        if versions.get(canonicalize_name(requirement.name), version) != version:
            return False
        if requirement.extras or not requirement.specifier.contains(version, prereleases=True):
            return False
    return True


def state_version(project):
    """Tells version plugins, which would read git history, the last release: others may ask for a new enough one."""
    table = project.get("project", {})
    if "version" not in table.get("dynamic", []) or "name" not in table:
        return
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "index", "versions", table["name"]]
    answer = subprocess.run(pip, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    release = re.match(r"%s \((\d[\w.]*)\)" % re.escape(table["name"]), answer.stdout, flags=re.I)
    if release:
        os.environ["SETUPTOOLS_SCM_PRETEND_VERSION"] = os.environ["PBR_VERSION"] = release.group(1)


def main():
    project = pyproject()
    wanted = ["pytest"] if "--pytest" in sys.argv else []
    if sys.argv[1] == "check":
        lines = stated(project)
        if lines is None or not met(lines + wanted):
            return 3
        return 3 if buildable(project) and needs_metadata() else 0

    state_version(project)
    pip = [sys.executable, "-m", "pip", "install", "--no-input", "--progress-bar", "off"]
    arguments = []
    for path in filter(os.path.exists, FILES):
        arguments += ["-r", path]
    for name in GROUPS:
        arguments += group(project, name)
    arguments += poetry_groups(project)
    arguments += tox_requirements()
    if buildable(project):
        names = extras(project)
        arguments += ["-e", ".[%s]" % ",".join(names) if names else "."]
    constraints = constraints_of_lock()
    if arguments:
        code = subprocess.call(pip + constraints + arguments)
        if code != 0 and constraints:
            # Of another platform, no longer what the manifests say, or what fails without them too: pip doesn't tell.
            print("Installing at the locked versions failed; trying without them.", file=sys.stderr)
            os.remove(constraints[1])
            constraints = []
            code = subprocess.call(pip + arguments)
        if code != 0:
            return code
    from importlib.util import find_spec

    missing = [name for name in wanted if find_spec(name) is None]
    return subprocess.call(pip + constraints + missing) if missing else 0


def constraints_of_lock():
    """pip's arguments for the locked versions. The file stays in the environment, and says what they come from."""
    path, versions = locked()
    if not versions:
        return []
    file = os.path.join(sys.prefix, "hil-constraints.txt")
    with open(file, "w", encoding="utf-8") as stream:
        stream.write("# %s\n" % path)
        stream.writelines("%s==%s\n" % item for item in sorted(versions.items()))
    return ["-c", file]


if __name__ == "__main__":
    sys.exit(main())
