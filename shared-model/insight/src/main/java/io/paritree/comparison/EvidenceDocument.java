package io.paritree.comparison;

import io.paritree.feature.NearestName;
import io.paritree.json.BrokenJsonException;
import io.paritree.json.SealedJson;
import io.paritree.json.StrictJson;
import io.paritree.outcome.OutcomeWords;
import io.paritree.rule.Reading;
import io.paritree.rule.RuleValues;
import io.paritree.rule.Verdict;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A document about a champion and a challenger, as what is required of the challenger is about it:
 * a comparison of both, or what the scores of both were worth. It ends with its own digest ({@link
 * SealedJson}).
 *
 * <p>A rule names a number by its path in the document. What a document does not have is not
 * compared, and so not met. Of what is known within an {@code error}, the bound counts; of rows
 * that have weights, as many equal rows as would be as sure. Members that no rule is about are
 * ignored. Immutable and thread-safe.
 */
public final class EvidenceDocument {
  /** In place of the digest of a package that is not known. */
  public static final String UNKNOWN = "unknown";

  private static final String OUTCOMES = "outcomes";
  private static final String KIND = "kind";
  private static final String ENDED = "ended_at";
  private static final String AS_OF = "as_of";
  private static final String SLICES = "by.slices";
  private static final String MODELS = "models";
  private static final String OTHER_MODELS = "comparison.models";
  private static final String INTERVAL = "_interval";
  private static final Set<String> LISTS = Set.of(SLICES, MODELS, OTHER_MODELS);
  private static final List<String> NEEDED =
      List.of("champion.digest", "challenger.digest", "contract.tables", "contract.http", ENDED);
  private static final double MILLIS_OF_DAY = 86_400_000.0;

  /** As far as clocks differ. */
  private static final Duration MOST_AHEAD = Duration.ofHours(1);

  private final Map<String, Double> numbers = new HashMap<>();
  private final Map<String, String> texts = new HashMap<>();
  private final Map<String, Integer> sizes = new HashMap<>(); // of lists
  private final Map<String, String> subjects = new TreeMap<>(); // where each has its measures
  private final boolean isComparison;
  private final Optional<Instant> endedAt; // which the age begins with

  private EvidenceDocument(StrictJson json) throws BrokenJsonException {
    json.document(() -> readObject("", json));
    String kind = texts.getOrDefault(KIND, "");
    isComparison = Comparison.KINDS.contains(kind);
    if (!isComparison && !EvidenceWords.outcomeKinds().contains(kind)) {
      throw json.wrong(
          "a comparison, of one of the kinds %s, or outcomes, of one of the kinds %s"
              .formatted(Comparison.KINDS, EvidenceWords.outcomeKinds()));
    } else if (!Double.valueOf(Comparison.FORMAT).equals(numbers.get("format"))) {
      throw json.wrong(
          "%s of format %s; another version may have made it"
              .formatted(isComparison ? "a comparison" : OUTCOMES, Comparison.FORMAT));
    }

    if (isComparison) {
      checkNeeded(json);
      subjects.put(EvidenceWords.DATA, "data.");
      for (int slice = 0; slice < sizes.getOrDefault(SLICES, 0); slice++) {
        String path = SLICES + "." + slice + ".";
        String name =
            texts.getOrDefault("by.column", "") + "=" + texts.getOrDefault(path + "value", "");
        subjects.putIfAbsent(name, path);
      }
    } else if (!sizes.containsKey(OTHER_MODELS)) {
      throw json.wrong("outcomes of two models; measure the challenger on the same rows, too");
    } else {
      subjects.put(OutcomeWords.CHALLENGER, "comparison.challenger.");
      subjects.put(OutcomeWords.DIFFERENCE, "comparison.difference.");
    }

    endedAt = Optional.ofNullable(end(json));
  }

  private void checkNeeded(StrictJson json) throws BrokenJsonException {
    for (String path : NEEDED) {
      if (!texts.containsKey(path)) {
        throw json.wrong("a comparison with the text " + path);
      }
    }
  }

  private Instant end(StrictJson json) throws BrokenJsonException {
    String path = isComparison ? ENDED : AS_OF;
    String text = texts.get(path);
    try {
      if (text == null) {
        return null;
      }

      return isComparison
          ? Instant.parse(text)
          : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
    } catch (DateTimeException e) {
      throw json.refused(path + (isComparison ? " is no time" : " is no day"), e);
    }
  }

  /**
   * Reads a document of any kind.
   *
   * @param origin names it in messages
   * @throws BrokenJsonException if it is none, or is not what was written
   */
  public static EvidenceDocument read(String origin, byte[] document) throws BrokenJsonException {
    if (!SealedJson.isWhole(document)) {
      throw new BrokenJsonException(
          "Cannot use %s as evidence: expected a document that ends with the sha256 of what is before it; it was changed, or something else has written it"
              .formatted(origin));
    }

    return new EvidenceDocument(new StrictJson(origin, document));
  }

  /** Keeps numbers and texts by their paths, and of lists those that rules are about. */
  private void readObject(String path, StrictJson json) throws BrokenJsonException {
    json.namedValues(name -> readValue(path.isEmpty() ? name : path + "." + name, json));
  }

  private void readValue(String path, StrictJson json) throws BrokenJsonException {
    if (json.isObject()) {
      readObject(path, json);
    } else if (json.isNumber()) {
      numbers.put(path, json.number());
    } else if (json.isText()) {
      texts.put(path, json.text());
    } else if (LISTS.contains(path) || path.endsWith(INTERVAL)) {
      sizes.put(path, 0);
      json.list(() -> readValue(path + "." + (sizes.merge(path, 1, Integer::sum) - 1), json));
    } else {
      json.skip();
    }
  }

  /** Returns what the document is, such as {@code diff}, or {@code outcomes}. */
  public String kind() {
    return isComparison ? texts.get(KIND) : OUTCOMES;
  }

  /** Returns whether it compares two models, whatever became of the rows. */
  public boolean isComparison() {
    return isComparison;
  }

  /** Returns how many rows of both models it is about; empty if it says nothing of any. */
  public Optional<Long> rows() {
    return Optional.ofNullable(
            numbers.get(isComparison ? "data.rows" : "comparison.challenger." + OutcomeWords.ROWS))
        .map(Double::longValue);
  }

  /** Returns when what it is about ended, which its age begins with; empty if not known. */
  public Optional<Instant> endedAt() {
    return endedAt;
  }

  /**
   * Returns the digests of the packages that a side is, ascending: several, if the rows were scored
   * by several.
   */
  public List<String> packages(Side side) {
    if (isComparison) {
      return List.of(texts.get(side.word() + ".digest"));
    }

    String models = side == Side.CHAMPION ? MODELS : OTHER_MODELS;
    List<String> digests = new ArrayList<>();
    for (int model = 0; model < sizes.getOrDefault(models, 0); model++) {
      digests.add(texts.getOrDefault("%s.%s.digest".formatted(models, model), UNKNOWN));
    }

    return digests.stream().distinct().sorted().toList();
  }

  /** Returns the values of the document at a time. */
  public RuleValues at(Instant now) {
    return new Dated(now);
  }

  /** Returns a value of the document as a person reads it. */
  public String shown(Verdict.Finding finding) {
    if (finding.subject().equals(EvidenceWords.CONTRACT)) {
      return texts.get("contract." + finding.measure());
    }

    String path = subjects.get(finding.subject());
    if (path != null && effective(path, finding.measure()).isPresent()) {
      return "%s equal rows, as the %s rows have weights"
          .formatted(finding.number(), numbers.get(path + finding.measure()).longValue());
    }

    double error = path == null ? 0 : error(path, finding.measure());
    return error == 0
        ? finding.number()
        : "%s, as %s is within %s"
            .formatted(
                finding.number(),
                finding.of(numbers.get(path + finding.measure())).number(),
                finding.of(error).number());
  }

  private double error(String path, String measure) {
    return measure.equals("ks") ? numbers.getOrDefault(path + EvidenceWords.ERROR, 0.0) : 0;
  }

  /** Returns how many equal rows say as much as rows that have weights; empty without weights. */
  private Optional<Double> effective(String path, String measure) {
    return measure.equals(OutcomeWords.ROWS)
        ? Optional.ofNullable(numbers.get(path + OutcomeWords.EFFECTIVE_ROWS))
        : Optional.empty();
  }

  private Reading value(String subject, String measure) {
    if (subject.equals(EvidenceWords.CONTRACT)) {
      return effect(texts.get("contract." + measure));
    }

    String path = subjects.get(subject);
    Double number = path == null ? null : number(path, measure);
    return number == null
        ? absent(subject, measure)
        : Reading.of(number).within(error(path, measure));
  }

  private Double number(String path, String measure) {
    Optional<Double> effective = effective(path, measure);
    if (effective.isPresent()) {
      return effective.get();
    }

    String place = path + measure;
    if (measure.endsWith(OutcomeWords.LOW)) {
      place = path + measure.replace(OutcomeWords.LOW, INTERVAL + ".0");
    } else if (measure.endsWith(OutcomeWords.HIGH)) {
      place = path + measure.replace(OutcomeWords.HIGH, INTERVAL + ".1");
    }

    Double number = numbers.get(place);
    return switch (texts.getOrDefault(place, "")) {
      case "NaN" -> Double.NaN;
      case "Infinity" -> Double.POSITIVE_INFINITY;
      case "-Infinity" -> Double.NEGATIVE_INFINITY;
      default -> number;
    };
  }

  private Reading absent(String subject, String measure) {
    String nearest =
        subjects.containsKey(subject)
            ? ""
            : NearestName.of(subject, subjects.keySet())
                .map("; did you mean '%s'?"::formatted)
                .orElse("");
    return Reading.absent(
        "%s no %s.%s%s"
            .formatted(
                isComparison ? "the comparison has" : "outcomes have", subject, measure, nearest));
  }

  /** Returns the place of an effect among all, the least first. */
  private Reading effect(String word) {
    // What no rows have decided may break.
    String decided = Effect.BREAKING_BY_DATA.word().equals(word) ? Effect.BREAKING.word() : word;
    return Arrays.stream(Effect.values())
        .filter(effect -> effect.word().equals(decided))
        .map(effect -> Reading.of(effect.ordinal()))
        .findFirst()
        .orElseGet(
            () ->
                Reading.absent(
                    isComparison
                        ? "the comparison has an effect of a later version"
                        : "outcomes have no contract"));
  }

  private Reading age(Instant now) {
    if (endedAt.isEmpty()) {
      return Reading.absent("the labels of the outcomes have no time");
    }

    Instant end = endedAt.get();
    return end.isAfter(now.plus(MOST_AHEAD))
        ? Reading.absent(
            "%s in the future, at %s"
                .formatted(
                    isComparison ? "the comparison ended" : "the last day of the outcomes is", end))
        : Reading.of(Duration.between(end, now).toMillis() / MILLIS_OF_DAY);
  }

  /** What the document has at a time, and how old it is. */
  private final class Dated implements RuleValues {
    private final Instant now;

    Dated(Instant now) {
      this.now = now;
    }

    @Override
    public List<String> subjects(String word) {
      return List.of(word);
    }

    @Override
    public Reading value(String subject, String measure) {
      return subject.equals(EvidenceWords.AGE)
          ? age(now)
          : EvidenceDocument.this.value(subject, measure);
    }

    /** Only words have baselines, which are what they are compared with. */
    @Override
    public Reading inBaseline(String subject, String measure, String baseline) {
      return effect(baseline);
    }

    @Override
    public Reading comparison(String subject, String measure, String baseline) {
      throw new IllegalStateException("No measure of a document is compared with a baseline");
    }
  }
}
