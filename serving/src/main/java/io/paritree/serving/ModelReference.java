package io.paritree.serving;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What the configuration says of a model: where it is, and by which alias or version.
 *
 * @param location what {@code ScoringModel.open} takes
 * @param alias the alias named; {@code champion} if neither it nor a version is; meaningless where
 *     the location is a package of its own
 */
record ModelReference(String location, String alias) {
  private static final String DEFAULT_ALIAS = "champion";

  /**
   * Reads an entry of {@code models.serve}.
   *
   * @param text a path or URI; or a plain name, with or without an alias or version, which is
   *     looked up in the store
   * @param store directory of models
   */
  static ModelReference of(String text, String store) {
    boolean plain = text.matches("[A-Za-z0-9._-]{1,64}(@[A-Za-z0-9._-]{1,64}|/[0-9]{1,9})?");
    boolean there = plain && text.indexOf('@') < 0 && Files.exists(Path.of(text));
    String location = plain && !there ? store + "/" + text : text;
    int at = location.lastIndexOf('@');
    boolean aliased = at > location.lastIndexOf('/');
    return new ModelReference(location, aliased ? location.substring(at + 1) : DEFAULT_ALIAS);
  }
}
