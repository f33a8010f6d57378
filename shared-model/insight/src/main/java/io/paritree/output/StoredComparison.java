package io.paritree.output;

import io.paritree.comparison.EvidenceDocument;
import io.paritree.json.BrokenJsonException;
import java.util.Optional;
import java.util.regex.Pattern;

/** The comparison with a challenger, as a run keeps it beside its report. */
public final class StoredComparison {
  /** A longer one is not read. */
  public static final int MAX_BYTES = 8 << 20;

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_]{1,100}");

  private StoredComparison() {}

  /**
   * Returns the name of the file.
   *
   * @param challenger what the run calls the challenger
   * @return empty if no run calls one so
   */
  public static Optional<String> file(String challenger) {
    return NAME.matcher(challenger).matches()
        ? Optional.of("comparison-%s.json".formatted(challenger))
        : Optional.empty();
  }

  /**
   * Returns a document that was read, if it is a whole comparison.
   *
   * @param origin names it in messages
   * @throws DamagedFileException if it is not
   */
  public static byte[] checked(byte[] document, String origin) throws DamagedFileException {
    try {
      if (EvidenceDocument.read(origin, document).isComparison()) {
        return document;
      }

      throw new DamagedFileException("Cannot read %s: it is no comparison".formatted(origin));
    } catch (BrokenJsonException e) {
      throw new DamagedFileException(e.getMessage(), e);
    }
  }
}
