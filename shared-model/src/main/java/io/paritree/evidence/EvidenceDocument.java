package io.paritree.evidence;

import io.paritree.comparison.Side;
import io.paritree.json.BrokenJsonException;
import io.paritree.json.SealedJson;
import io.paritree.json.StrictJson;
import io.paritree.rule.Reading;
import io.paritree.rule.RuleValues;
import io.paritree.rule.Verdict;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A document about a champion and a challenger, as what is required of the challenger is about it.
 * It ends with its own digest ({@link SealedJson}). Immutable and thread-safe.
 */
public sealed interface EvidenceDocument permits ComparisonEvidence, OutcomeEvidence {
  /** In place of the digest of a package that is not known. */
  String UNKNOWN = "unknown";

  /** Returns what the document is, such as {@code diff}. */
  String kind();

  /** Returns how many rows of both models it is about; empty if it says nothing of any. */
  Optional<Long> rows();

  /** Returns when what it is about ended, which its age begins with; empty if not known. */
  Optional<Instant> endedAt();

  /**
   * Returns the digests of the packages that a side is, ascending: several, if the rows were scored
   * by several.
   */
  List<String> packages(Side side);

  /** Returns how old it is, in days. */
  Reading age(Instant now);

  /** Returns a value of the document, or why there is none. */
  Reading value(String subject, String measure);

  /** Returns the values of the document at a time. */
  default RuleValues at(Instant now) {
    return new DatedValues(this, now);
  }

  /** Returns a value of the document as a person reads it. */
  String shown(Verdict.Finding finding);

  /**
   * Reads a document of any kind.
   *
   * @param origin names it in messages
   * @throws BrokenJsonException if it is none, or is not what was written
   */
  static EvidenceDocument read(String origin, byte[] document) throws BrokenJsonException {
    checkWhole(origin, document);
    StrictJson json = new StrictJson(origin, document);
    String[] kind = {""};
    json.document(
        () ->
            json.namedValues(
                name -> {
                  if (name.equals("kind")) {
                    kind[0] = json.text();
                  } else {
                    json.skip();
                  }
                }));
    if (ComparisonEvidence.isKind(kind[0])) {
      return ComparisonEvidence.of(origin, document);
    } else if (OutcomeEvidence.isKind(kind[0])) {
      return OutcomeEvidence.of(origin, document);
    }

    throw json.wrong(
        "a comparison, of one of the kinds %s, or outcomes, of one of the kinds %s"
            .formatted(ComparisonEvidence.kinds(), OutcomeEvidence.kinds()));
  }

  /** Checks that a document ends with the digest of what is before it. */
  static void checkWhole(String origin, byte[] document) throws BrokenJsonException {
    if (!SealedJson.isWhole(document)) {
      throw new BrokenJsonException(
          "Cannot use %s as evidence: expected a document that ends with the sha256 of what is before it; it was changed, or something else has written it"
              .formatted(origin));
    }
  }
}
