package io.paritree.store;

import java.nio.file.Path;
import java.util.Objects;

/**
 * Where a file or directory is.
 *
 * <p>A local location is an absolute, normalised path; a remote one is a URI with its scheme, such
 * as {@code hdfs://host:port/dir}. Names are taken as they stand: nothing is decoded or escaped, so
 * that {@code store=a%2Fb} is a name of eleven characters. Immutable and thread-safe.
 */
public final class Location {
  private final String text;
  private final boolean local;

  private Location(String text, boolean local) {
    this.text = text;
    this.local = local;
  }

  /**
   * Returns the location that a user's text names.
   *
   * @param text a path, absolute or relative to the working directory, with or without {@code
   *     file:}; or a URI of another scheme
   */
  public static Location of(String text) {
    Objects.requireNonNull(text, "text");
    if (text.startsWith("file:")) {
      return of(Path.of(text.substring("file:".length()).replaceFirst("^/{2,}", "/")));
    }

    if (text.matches("[a-zA-Z][a-zA-Z0-9+.-]+:.*")) {
      String trimmed = text.replaceFirst("(?<=[^:/])/+$", "");
      return new Location(trimmed, false);
    }

    return of(Path.of(text));
  }

  /** Returns the location of a local path. */
  public static Location of(Path path) {
    return new Location(path.toAbsolutePath().normalize().toString(), true);
  }

  /** Returns whether this lies on a local disk. */
  public boolean isLocal() {
    return local;
  }

  /**
   * Returns the local path.
   *
   * @throws IllegalStateException if this is not local
   */
  public Path toPath() {
    if (!local) {
      throw new IllegalStateException("Cannot use %s as a local path".formatted(text));
    }

    return Path.of(text);
  }

  /** Returns the entry {@code name} of this directory; the name may hold slashes. */
  public Location resolve(String name) {
    return new Location(text.endsWith("/") ? text + name : text + "/" + name, local);
  }

  /** Returns the last name; empty for a root. */
  public String name() {
    return text.substring(text.lastIndexOf('/') + 1);
  }

  /** Returns the directory that holds this; a root's is itself. */
  public Location parent() {
    int root = local ? 1 : text.indexOf('/', text.indexOf(":") + 3) + 1;
    int slash = text.lastIndexOf('/');
    return slash < root
        ? new Location(text.substring(0, Math.max(root, 1)), local)
        : new Location(text.substring(0, slash), local);
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
