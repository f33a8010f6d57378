package io.paritree.store;

import java.util.UUID;
import java.util.regex.Pattern;

/** The name of a file while it is written, before it gets its final name. */
final class TemporaryName {
  private static final Pattern FORM =
      Pattern.compile("\\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\\.tmp");

  private TemporaryName() {}

  static boolean isOne(String name) {
    return FORM.matcher(name).matches();
  }

  /** Returns a new name in the directory of {@code file}, hidden from Spark and from shells. */
  static Location beside(Location file) {
    return file.parent().resolve("." + UUID.randomUUID() + ".tmp");
  }
}
