package io.paritree.evidence;

import io.paritree.comparison.Side;
import io.paritree.json.BrokenJsonException;
import io.paritree.json.StrictJson;
import io.paritree.outcome.MeasuredModel;
import io.paritree.outcome.OutcomeKind;
import io.paritree.outcome.OutcomeValues;
import io.paritree.outcome.OutcomeWords;
import io.paritree.rule.Reading;
import io.paritree.rule.Verdict;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What two models' scores were worth, as rules are about it: {@code difference.auc_low >= -0.002},
 * {@code challenger.n >= 10000}, {@code "region=DE".auc > 0.7}, {@code age.days <= 30}.
 *
 * <p>The document is what {@code scripts/outcomes} writes. Its age is counted from the beginning of
 * its last day. What it does not have is not compared, and so not met.
 */
public final class OutcomeEvidence implements EvidenceDocument {
  private static final String KIND = "outcomes";
  private static final long FORMAT = 1;
  private static final String INTERVAL = "_interval";
  private static final String NO_VALUE =
      "there is no value, or the output may be encrypted and it is left out";

  private final List<MeasuredModel> published = new ArrayList<>();
  private final List<MeasuredModel> others = new ArrayList<>();
  private final OutcomeValues values;
  private Optional<Instant> asOf = Optional.empty();

  /** What is read of the measures of two models. */
  private static final class Pair {
    private final Map<String, Double> challenger = new LinkedHashMap<>();
    private final Map<String, Double> difference = new LinkedHashMap<>();
  }

  private OutcomeEvidence(StrictJson json) throws BrokenJsonException {
    List<Long> format = new ArrayList<>();
    List<Pair> pairs = new ArrayList<>();
    Map<String, Map<String, Double>> slices = new LinkedHashMap<>();
    json.document(
        () ->
            json.namedValues(
                name -> {
                  switch (name) {
                    case "format" -> format.add(json.integer(FORMAT, FORMAT));
                    case "as_of" -> asOf = Optional.of(day(json));
                    case "models" -> json.list(() -> published.add(MeasuredModel.read(json)));
                    case "comparison" -> pairs.add(pair(json));
                    case "slices" -> json.list(() -> readSlice(json, slices));
                    default -> json.skip();
                  }
                }));
    if (format.isEmpty()) {
      throw json.wrong("outcomes of format " + FORMAT);
    } else if (pairs.isEmpty()) {
      throw json.wrong(
          "outcomes of two models; measure the challenger, too, by --rescore, --challenger-output or --challenger-table");
    }

    // A slice may have one of the other names.
    Map<String, Map<String, Double>> subjects = new LinkedHashMap<>();
    subjects.put(OutcomeWords.CHALLENGER, pairs.get(0).challenger);
    subjects.put(OutcomeWords.DIFFERENCE, pairs.get(0).difference);
    slices.forEach(subjects::putIfAbsent);
    this.values = new OutcomeValues(subjects, NO_VALUE);
  }

  static boolean isKind(String kind) {
    return kinds().contains(kind);
  }

  static List<String> kinds() {
    return Arrays.stream(OutcomeKind.values()).map(OutcomeKind::word).toList();
  }

  /** Reads a document that is whole. */
  static OutcomeEvidence of(String origin, byte[] document) throws BrokenJsonException {
    return new OutcomeEvidence(new StrictJson(origin, document));
  }

  private static Instant day(StrictJson json) throws BrokenJsonException {
    try {
      return LocalDate.parse(json.text()).atStartOfDay(ZoneOffset.UTC).toInstant();
    } catch (DateTimeException e) {
      throw json.refused("as_of is no day", e);
    }
  }

  private Pair pair(StrictJson json) throws BrokenJsonException {
    Pair pair = new Pair();
    json.namedValues(
        name -> {
          switch (name) {
            case "models" -> json.list(() -> others.add(MeasuredModel.read(json)));
            case OutcomeWords.CHALLENGER -> readMeasures(json, pair.challenger);
            case OutcomeWords.DIFFERENCE -> readMeasures(json, pair.difference);
            default -> json.skip();
          }
        });
    return pair;
  }

  private static void readSlice(StrictJson json, Map<String, Map<String, Double>> slices)
      throws BrokenJsonException {
    String[] slice = {""};
    Map<String, Double> measures = new LinkedHashMap<>();
    json.namedValues(
        name -> {
          switch (name) {
            case "name" -> slice[0] = json.text();
            case "measures" -> readMeasures(json, measures);
            default -> json.skip();
          }
        });
    slices.putIfAbsent(slice[0], measures);
  }

  private static void readMeasures(StrictJson json, Map<String, Double> measures)
      throws BrokenJsonException {
    json.namedValues(
        name -> {
          if (json.isNumber() || json.isText()) {
            measures.put(name, json.realDouble());
          } else if (name.endsWith(INTERVAL)) {
            List<Double> ends = new ArrayList<>();
            json.list(() -> ends.add(json.realDouble()));
            if (ends.size() != 2) {
              throw json.wrong("the two ends of an interval");
            }

            String measure = name.substring(0, name.length() - INTERVAL.length());
            measures.putAll(OutcomeValues.ends(measure, ends.get(0), ends.get(1)));
          } else {
            json.skip();
          }
        });
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public Optional<Long> rows() {
    Reading rows = values.value(OutcomeWords.CHALLENGER, OutcomeWords.ROWS);
    return rows.isPresent() ? Optional.of((long) rows.value()) : Optional.empty();
  }

  @Override
  public Optional<Instant> endedAt() {
    return asOf;
  }

  @Override
  public List<String> packages(Side side) {
    return (side == Side.CHAMPION ? published : others)
        .stream()
            .map(model -> model.digest().isEmpty() ? UNKNOWN : model.digest())
            .distinct()
            .sorted()
            .toList();
  }

  @Override
  public String shown(Verdict.Finding finding) {
    return finding.number();
  }

  @Override
  public Reading age(Instant now) {
    return asOf.map(day -> Age.days("the last day of the outcomes is", day, now))
        .orElseGet(() -> Reading.absent("the labels of the outcomes have no time"));
  }

  @Override
  public Reading value(String subject, String measure) {
    return ComparisonEvidence.isSubject(subject)
        ? Reading.absent("outcomes have no %s.%s".formatted(subject, measure))
        : values.value(subject, measure);
  }
}
