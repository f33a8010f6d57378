package io.paritree.model.seal;

import io.paritree.model.manifest.FieldImportance;
import io.paritree.model.manifest.SealedValues;
import io.paritree.profile.Profile;
import java.util.Optional;

/**
 * What a package says of the rows that it is sealed with.
 *
 * @param importance of the fields; empty if it is not stored. Golden rows have contributions if
 *     anything is said of the rows, or if the schema has groups or reasons
 * @param values counts, of a package without a reference; empty if there are none
 * @param reference what the rows are like; empty if it is not stored
 */
public record SealedRows(
    Optional<FieldImportance> importance,
    Optional<SealedValues> values,
    Optional<Profile> reference) {
  /** Nothing is said of rows. */
  public static final SealedRows NONE =
      new SealedRows(Optional.empty(), Optional.empty(), Optional.empty());
}
