package io.paritree.comparison;

import io.paritree.json.BrokenJsonException;
import io.paritree.json.StrictJson;
import io.paritree.rule.Reading;
import io.paritree.rule.RuleValues;
import io.paritree.rule.RuleWords;
import io.paritree.rule.Verdict;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The document of a comparison, as what is required of a challenger is about it: rules such as
 * {@code data.flips.share <= 0.01}, {@code contract.http < breaking} and {@code age.days <= 7}.
 *
 * <p>A rule names a number by its path in the document. What a document does not have is not
 * compared, and so not met; what no document has is refused as a rule. Immutable and thread-safe.
 */
public final class ComparisonEvidence {
  private static final String KIND = "kind";
  private static final String CONTRACT = "contract";
  private static final String DATA = "data";
  private static final String AGE = "age";
  private static final String DAYS = "days";
  private static final String ENDED = "ended_at";

  /** As far as clocks differ. */
  private static final Duration MOST_AHEAD = Duration.ofHours(1);

  private static final List<String> QUANTILES = List.of("mean", "p50", "p90", "p99", "p999", "max");
  private static final List<String> MEASURES =
      List.of(
          "rows",
          "only_champion",
          "only_challenger",
          "neither",
          "dropped",
          "failed",
          "equal_bits",
          "champion_mean",
          "challenger_mean",
          "ks",
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
          "flips.share");

  private final Map<String, Double> numbers = new HashMap<>();
  private final Map<String, String> texts = new HashMap<>();
  private final Instant endedAt;

  private ComparisonEvidence(StrictJson json) throws BrokenJsonException {
    json.document(() -> readObject("", json));
    if (!Double.valueOf(Comparison.FORMAT).equals(numbers.get("format"))
        || !Comparison.KINDS.contains(texts.getOrDefault(KIND, ""))) {
      throw json.wrong(
          "a comparison of format %s, one of the kinds %s; another version may have made it"
              .formatted(Comparison.FORMAT, Comparison.KINDS));
    }

    for (String path :
        List.of(
            "champion.digest", "challenger.digest", "contract.tables", "contract.http", ENDED)) {
      if (!texts.containsKey(path)) {
        throw json.wrong("a comparison with the text " + path);
      }
    }

    try {
      this.endedAt = Instant.parse(texts.get(ENDED));
    } catch (DateTimeException e) {
      throw json.refused("ended_at is no time", e);
    }
  }

  /**
   * Reads the document of a comparison.
   *
   * @param origin names it in messages
   * @throws BrokenJsonException if it is none, or is not what was written
   */
  public static ComparisonEvidence read(String origin, byte[] document) throws BrokenJsonException {
    if (!Comparison.isWhole(document)) {
      throw new BrokenJsonException(
          "Cannot use %s as evidence: expected a comparison that ends with the sha256 of what is before it; it was changed, or something else has written it"
              .formatted(origin));
    }

    return new ComparisonEvidence(new StrictJson(origin, document));
  }

  private void readObject(String path, StrictJson json) throws BrokenJsonException {
    json.namedValues(
        name -> {
          String place = path.isEmpty() ? name : path + "." + name;
          if (json.isObject()) {
            readObject(place, json);
          } else if (json.isNumber()) {
            numbers.put(place, json.number());
          } else if (json.isText()) {
            texts.put(place, json.text());
          } else {
            json.skip();
          }
        });
  }

  /** Returns the digest of a model that was compared. */
  public String digest(Side side) {
    return texts.get(side.word() + ".digest");
  }

  /** Returns what the document is, such as {@link Comparison#DIFF}. */
  public String kind() {
    return texts.get(KIND);
  }

  /** Returns how many rows both models have scored; empty if no rows were compared. */
  public Optional<Long> rows() {
    return Optional.ofNullable(numbers.get(DATA + ".rows")).map(Double::longValue);
  }

  /** Returns when the comparison ended. */
  public Instant endedAt() {
    return endedAt;
  }

  /** Returns a value of the document as a person reads it. */
  public String shown(Verdict.Finding finding) {
    return finding.subject().equals(CONTRACT)
        ? texts.get(CONTRACT + "." + finding.measure())
        : finding.number();
  }

  /** Returns what rules may be about. */
  public static RuleWords words() {
    List<String> effects = Arrays.stream(Effect.values()).map(Effect::word).toList();
    List<RuleWords.Measure> measures = new ArrayList<>();
    Stream.concat(
            MEASURES.stream(),
            Stream.of("difference.", "margin_difference.")
                .flatMap(of -> QUANTILES.stream().map(quantile -> of + quantile)))
        .forEach(name -> measures.add(RuleWords.Measure.value(name, List.of())));
    return new RuleWords(
        Map.of(
            CONTRACT,
            Stream.of("tables", "http").map(face -> RuleWords.Measure.word(face, effects)).toList(),
            DATA,
            measures,
            AGE,
            List.of(RuleWords.Measure.value(DAYS, List.of()))),
        List.of());
  }

  /** Returns the values of the document at a time. */
  public RuleValues at(Instant now) {
    return new Values(now);
  }

  private final class Values implements RuleValues {
    private final Instant now;

    private Values(Instant now) {
      this.now = now;
    }

    @Override
    public List<String> subjects(String word) {
      return List.of(word);
    }

    @Override
    public Reading value(String subject, String measure) {
      return switch (subject) {
        case CONTRACT -> effect(decided(texts.get(CONTRACT + "." + measure)));
        case AGE ->
            endedAt.isAfter(now.plus(MOST_AHEAD))
                ? Reading.absent("the comparison ended in the future, at " + endedAt)
                : Reading.of(Duration.between(endedAt, now).toMillis() / 86_400_000.0);
        default -> {
          Double number = numbers.get(subject + "." + measure);
          yield number == null
              ? Reading.absent("the comparison has no %s.%s".formatted(subject, measure))
              : Reading.of(number);
        }
      };
    }

    @Override
    public Reading inBaseline(String subject, String measure, String baseline) {
      return effect(baseline);
    }

    @Override
    public Reading comparison(String subject, String measure, String baseline) {
      throw new IllegalStateException("No measure of a comparison has a baseline: " + measure);
    }
  }

  /** Returns what counts of an effect: what no rows have decided may break. */
  private static String decided(String word) {
    return Effect.BREAKING_BY_DATA.word().equals(word) ? Effect.BREAKING.word() : word;
  }

  /** Returns the place of an effect among all, the least first. */
  private static Reading effect(String word) {
    return Arrays.stream(Effect.values())
        .filter(effect -> effect.word().equals(word))
        .map(effect -> Reading.of(effect.ordinal()))
        .findFirst()
        .orElseGet(() -> Reading.absent("the comparison has an effect of a later version"));
  }
}
