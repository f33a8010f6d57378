package io.paritree.store;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The location of a file or directory.
 *
 * <p>A local location is an absolute path; a remote one is a URI with its scheme, such as {@code
 * hdfs://host:port/dir}. Both are normalised: no {@code .} or {@code ..}, no empty names, no slash
 * at the end except a root's. Names are used unchanged: nothing is decoded or escaped, so {@code
 * store=a%2Fb} is a name of eleven characters. Immutable and thread-safe.
 */
public final class Location {
  /** Scheme, authority if any, and path. A colon that no slash follows is part of a name. */
  private static final Pattern REMOTE =
      Pattern.compile("([a-zA-Z][a-zA-Z0-9+.-]+):(?://([^/]*))?(/.*)?", Pattern.DOTALL);

  private static final String LOCAL = "file:";
  private static final String NO_HOST = "//";
  private static final String OWN_HOST = "//localhost";

  /** Length of the part before the path, which is empty or has scheme and authority. */
  private final int pathStart;

  private final String text;

  private Location(String start, String path) {
    this.pathStart = start.length();
    this.text = start + path;
  }

  /**
   * Returns the location that a user's text names.
   *
   * @param text a path, absolute or relative to the working directory, with or without {@code
   *     file:}; or a URI of another scheme, with a slash after its colon. A relative path whose
   *     first name ends in a colon is written with {@code ./} before it.
   * @throws IllegalArgumentException if the text is empty, names the files of another host, or
   *     contains a character that no path can contain
   */
  public static Location of(String text) {
    Objects.requireNonNull(text, "text");
    if (text.startsWith(LOCAL)) {
      return ofLocal(withoutHost(text), text);
    }

    Matcher remote = REMOTE.matcher(text);
    if (isRemote(remote)) {
      String authority = Objects.requireNonNullElse(remote.group(2), "");
      String path = Objects.requireNonNullElse(remote.group(3), "/");
      String scheme = remote.group(1).toLowerCase(Locale.ROOT);
      return new Location(scheme + "://" + authority, normalised(path));
    }

    return ofLocal(text, text);
  }

  /** Returns whether a user's text names its file system, so that it means the same everywhere. */
  public static boolean hasScheme(String text) {
    return text.startsWith(LOCAL) || isRemote(REMOTE.matcher(text));
  }

  private static boolean isRemote(Matcher remote) {
    return remote.matches() && (remote.group(2) != null || remote.group(3) != null);
  }

  /** Returns the path of a {@code file:} URI. */
  private static String withoutHost(String uri) {
    String path = uri.substring(LOCAL.length());
    if (path.startsWith(OWN_HOST + "/")) {
      return path.substring(OWN_HOST.length());
    }

    String rest = path.startsWith(NO_HOST) ? path.substring(NO_HOST.length()) : path;
    if (path.startsWith(NO_HOST) && !rest.startsWith("/")) {
      throw new IllegalArgumentException(
          "Cannot use '%s': file: names local files only, expected file:/ or file:///"
              .formatted(uri));
    }

    return rest;
  }

  private static Location ofLocal(String path, String text) {
    if (path.isEmpty()) {
      throw new IllegalArgumentException("Cannot use '%s' as a location: no path".formatted(text));
    }

    return of(Path.of(path));
  }

  /** Returns the location of a local path. */
  public static Location of(Path path) {
    return new Location("", normalised(path.toAbsolutePath().toString()));
  }

  private static String normalised(String path) {
    Deque<String> names = new ArrayDeque<>();
    for (String name : path.split("/")) {
      if (name.equals("..")) {
        names.pollLast();
      } else if (!name.isEmpty() && !name.equals(".")) {
        names.addLast(name);
      }
    }

    return "/" + String.join("/", names);
  }

  /** Returns whether this is on a local disk. */
  public boolean isLocal() {
    return pathStart == 0;
  }

  /** Returns the scheme in lower case: {@code file} if this is local. */
  public String scheme() {
    return isLocal() ? "file" : text.substring(0, text.indexOf(':'));
  }

  /**
   * Returns the local path.
   *
   * @throws IllegalStateException if this is not local
   */
  public Path toPath() {
    if (!isLocal()) {
      throw new IllegalStateException("Cannot use %s as a local path".formatted(text));
    }

    return Path.of(text);
  }

  /**
   * Returns an entry of this directory, or one further below.
   *
   * @param name one name, or several with slashes between them
   * @throws IllegalArgumentException if the name is empty or absolute, or leads out of this
   *     directory
   */
  public Location resolve(String name) {
    for (String part : name.split("/", -1)) {
      if (part.isEmpty() || part.equals(".") || part.equals("..")) {
        throw new IllegalArgumentException(
            "Cannot resolve '%s' in %s: expected names with single slashes between them"
                .formatted(name, text));
      }
    }

    return new Location(text.substring(0, pathStart), (isRoot() ? "" : path()) + "/" + name);
  }

  /** Returns the last name; empty for a root. */
  public String name() {
    return text.substring(text.lastIndexOf('/') + 1);
  }

  /** Returns the directory that holds this; a root is its own parent. */
  public Location parent() {
    String path = path();
    return new Location(
        text.substring(0, pathStart), path.substring(0, Math.max(1, path.lastIndexOf('/'))));
  }

  /** Returns whether this is the root of its file system. */
  public boolean isRoot() {
    return text.length() == pathStart + 1;
  }

  /**
   * Returns whether {@code other} is this or is in it. Compares only the names; see {@link
   * FileStore#real} for links.
   */
  public boolean holds(Location other) {
    return equals(other)
        || (other.pathStart == pathStart && other.text.startsWith(isRoot() ? text : text + "/"));
  }

  /** Returns the path, without scheme and authority; it starts with a slash. */
  public String path() {
    return text.substring(pathStart);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Location that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
