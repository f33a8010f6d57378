package io.paritree.evidence;

import io.paritree.comparison.Comparison;
import io.paritree.comparison.Effect;
import io.paritree.comparison.Side;
import io.paritree.feature.NearestName;
import io.paritree.json.BrokenJsonException;
import io.paritree.json.StrictJson;
import io.paritree.rule.Reading;
import io.paritree.rule.RuleWords;
import io.paritree.rule.Verdict;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The document of a comparison, as rules are about it: {@code data.flips.share <= 0.01}, {@code
 * contract.http < breaking}, {@code "region=DE".psi < 0.1} and {@code age.days <= 7}.
 *
 * <p>A rule names a number by its path in the document. What a document does not have is not
 * compared, and so not met; what no document has is refused as a rule. Of what is known within an
 * {@code error}, the bound counts.
 */
public final class ComparisonEvidence implements EvidenceDocument {
  private static final String KIND = "kind";
  private static final String CONTRACT = "contract";
  private static final String DATA = "data";
  private static final String ENDED = "ended_at";
  private static final String COLUMN = "by.column";
  private static final String SLICES = "by.slices";
  private static final String VALUE = "value";

  private static final List<String> QUANTILES = List.of("mean", "p50", "p90", "p99", "p999", "max");
  private static final List<String> OF_SLICES =
      Stream.concat(
              Stream.of(
                  "rows",
                  "only_champion",
                  "only_challenger",
                  "neither",
                  "equal_bits",
                  "champion_mean",
                  "challenger_mean",
                  "psi",
                  "noise",
                  "js",
                  "linf",
                  "spearman",
                  "error",
                  "top.0.01",
                  "top.0.05",
                  "top.0.1",
                  "top.error",
                  "flips.rows",
                  "flips.up",
                  "flips.down",
                  "flips.share"),
              Stream.of("difference.", "margin_difference.")
                  .flatMap(of -> QUANTILES.stream().map(quantile -> of + quantile)))
          .toList();

  /** Of all rows only; of a slice, outcomes have another measure that is called {@code ks}. */
  private static final List<String> OF_ALL_ROWS = List.of("ks", "dropped", "failed");

  /** What says how exact a measure is, if there is such a member beside it. */
  private static final Map<String, String> ERRORS =
      Map.of(
          "ks",
          "error",
          "spearman",
          "error",
          "top.0.01",
          "top.error",
          "top.0.05",
          "top.error",
          "top.0.1",
          "top.error");

  private final Members members = new Members();
  private final Map<String, Members> slices = new TreeMap<>();
  private final Instant endedAt;

  /** The numbers and texts of an object, by their paths. */
  private static final class Members {
    private final Map<String, Double> numbers = new HashMap<>();
    private final Map<String, String> texts = new HashMap<>();
  }

  private ComparisonEvidence(StrictJson json) throws BrokenJsonException {
    json.document(() -> readObject("", json, members));
    if (!Double.valueOf(Comparison.FORMAT).equals(members.numbers.get("format"))
        || !isKind(members.texts.getOrDefault(KIND, ""))) {
      throw json.wrong(
          "a comparison of format %s, one of the kinds %s; another version may have made it"
              .formatted(Comparison.FORMAT, kinds()));
    }

    for (String path :
        List.of(
            "champion.digest", "challenger.digest", "contract.tables", "contract.http", ENDED)) {
      if (!members.texts.containsKey(path)) {
        throw json.wrong("a comparison with the text " + path);
      }
    }

    try {
      this.endedAt = Instant.parse(members.texts.get(ENDED));
    } catch (DateTimeException e) {
      throw json.refused("ended_at is no time", e);
    }
  }

  static boolean isKind(String kind) {
    return kinds().contains(kind);
  }

  static List<String> kinds() {
    return Comparison.KINDS;
  }

  /**
   * Reads the document of a comparison.
   *
   * @param origin names it in messages
   * @throws BrokenJsonException if it is none, or is not what was written
   */
  public static ComparisonEvidence read(String origin, byte[] document) throws BrokenJsonException {
    EvidenceDocument.checkWhole(origin, document);
    return of(origin, document);
  }

  /** Reads a document that is whole. */
  static ComparisonEvidence of(String origin, byte[] document) throws BrokenJsonException {
    return new ComparisonEvidence(new StrictJson(origin, document));
  }

  private void readObject(String path, StrictJson json, Members into) throws BrokenJsonException {
    json.namedValues(
        name -> {
          String place = path.isEmpty() ? name : path + "." + name;
          if (json.isObject()) {
            readObject(place, json, into);
          } else if (json.isNumber()) {
            into.numbers.put(place, json.number());
          } else if (json.isText()) {
            into.texts.put(place, json.text());
          } else if (place.equals(SLICES) && into == members) {
            json.list(() -> readSlice(json));
          } else {
            json.skip();
          }
        });
  }

  private void readSlice(StrictJson json) throws BrokenJsonException {
    Members slice = new Members();
    readObject("", json, slice);
    String value = slice.texts.getOrDefault(VALUE, "");
    slices.putIfAbsent(members.texts.getOrDefault(COLUMN, "") + "=" + value, slice);
  }

  /** Returns the digest of a model that was compared. */
  public String digest(Side side) {
    return members.texts.get(side.word() + ".digest");
  }

  @Override
  public String kind() {
    return members.texts.get(KIND);
  }

  @Override
  public Optional<Long> rows() {
    return Optional.ofNullable(members.numbers.get(DATA + ".rows")).map(Double::longValue);
  }

  @Override
  public Optional<Instant> endedAt() {
    return Optional.of(endedAt);
  }

  @Override
  public List<String> packages(Side side) {
    return List.of(digest(side));
  }

  @Override
  public String shown(Verdict.Finding finding) {
    if (finding.subject().equals(CONTRACT)) {
      return members.texts.get(CONTRACT + "." + finding.measure());
    }

    boolean isOfAll = finding.subject().equals(DATA);
    Members from = isOfAll ? members : slices.getOrDefault(finding.subject(), members);
    String path = isOfAll ? DATA + "." + finding.measure() : finding.measure();
    double error = error(from, path, finding.measure());
    return error == 0
        ? finding.number()
        : "%s, as %s is within %s"
            .formatted(
                finding.number(),
                finding.of(from.numbers.get(path)).number(),
                finding.of(error).number());
  }

  private static double error(Members from, String path, String measure) {
    String above = path.substring(0, path.length() - measure.length());
    return ERRORS.containsKey(measure)
        ? from.numbers.getOrDefault(above + ERRORS.get(measure), 0.0)
        : 0;
  }

  /** Returns whether rules about this are about comparisons only. */
  static boolean isSubject(String word) {
    return word.equals(CONTRACT) || word.equals(DATA);
  }

  /** Returns the subjects of rules about comparisons, but for slices. */
  static Map<String, List<RuleWords.Measure>> subjects() {
    // What no rows have decided counts as breaking, so that no value is ever breaking by data.
    List<String> effects =
        Arrays.stream(Effect.values())
            .filter(effect -> effect != Effect.BREAKING_BY_DATA)
            .map(Effect::word)
            .toList();
    return Map.of(
        CONTRACT,
        Stream.of("tables", "http").map(face -> RuleWords.Measure.word(face, effects)).toList(),
        DATA,
        Stream.concat(OF_SLICES.stream(), OF_ALL_ROWS.stream())
            .map(ComparisonEvidence::measure)
            .toList());
  }

  /** Returns what rules may say of a slice. */
  static List<RuleWords.Measure> ofSlices() {
    return OF_SLICES.stream().map(ComparisonEvidence::measure).toList();
  }

  private static RuleWords.Measure measure(String name) {
    return RuleWords.Measure.value(name, List.of());
  }

  @Override
  public Reading age(Instant now) {
    return Age.days("the comparison ended", endedAt, now);
  }

  @Override
  public Reading value(String subject, String measure) {
    return switch (subject) {
      case CONTRACT -> effect(decided(members.texts.get(CONTRACT + "." + measure)));
      case DATA -> number(members, DATA + "." + measure, subject, measure);
      default ->
          slices.containsKey(subject) && OF_SLICES.contains(measure)
              ? number(slices.get(subject), measure, subject, measure)
              : absent(subject, measure);
    };
  }

  private Reading number(Members from, String path, String subject, String measure) {
    Double number = from.numbers.get(path);
    return number == null
        ? absent(subject, measure)
        : Reading.of(number).within(error(from, path, measure));
  }

  private Reading absent(String subject, String measure) {
    String nearest =
        slices.containsKey(subject)
            ? ""
            : NearestName.of(subject, slices.keySet())
                .map("; did you mean '%s'?"::formatted)
                .orElse("");
    return Reading.absent("the comparison has no %s.%s%s".formatted(subject, measure, nearest));
  }

  /** Returns what counts of an effect: what no rows have decided may break. */
  private static String decided(String word) {
    return Effect.BREAKING_BY_DATA.word().equals(word) ? Effect.BREAKING.word() : word;
  }

  /** Returns the place of an effect among all, the least first. */
  static Reading effect(String word) {
    return Arrays.stream(Effect.values())
        .filter(effect -> effect.word().equals(word))
        .map(effect -> Reading.of(effect.ordinal()))
        .findFirst()
        .orElseGet(() -> Reading.absent("the comparison has an effect of a later version"));
  }
}
