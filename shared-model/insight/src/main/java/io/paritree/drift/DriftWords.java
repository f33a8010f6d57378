package io.paritree.drift;

import io.paritree.profile.Profile;
import io.paritree.profile.ProfileForm;
import io.paritree.rule.RuleWords;
import io.paritree.rule.RuleWords.Measure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The words of rules about drift.
 *
 * <p>Subjects are {@code rows}, {@code any} for each field, {@code score} for each output, {@code
 * score_<output>}, and the names of fields and of features. A field that has one of the other names
 * is only in {@code any}. The impact that a rule compares has no sign.
 */
public final class DriftWords {
  /** What a healthy night of any model keeps. */
  public static final List<String> DEFAULT_RULES =
      List.of(
          "rows < 0.5 * weekday|previous",
          "any.missing > reference + 0.20",
          "any.unseen > reference + 0.05",
          "any.faults > reference + 0.05",
          "score.psi > 0.25");

  /** Those of them for which scores of different nights must compare, as ranks do not. */
  public static final List<String> DEFAULT_SCORE_RULES = List.of("score.psi > 0.25");

  /** The subject that is the number of rows. */
  public static final String ROWS = "rows";

  static final String ANY = "any";
  static final String SCORE = "score";

  static final String MISSING = "missing";
  static final String UNSEEN = "unseen";
  static final String FAULTS = "faults";
  static final String IMPACT = "impact";
  static final String MEAN = "mean";
  static final String ABOVE = "above";
  static final String PSI = "psi";
  static final String JS = "js";
  static final String LINF = "linf";

  private static final List<Measure> OF_ROWS =
      List.of(Measure.value("", List.of(Baseline.PREVIOUS, Baseline.WEEKDAY)));
  private static final List<Measure> OF_FIELDS =
      measures(List.of(MISSING, UNSEEN, FAULTS), List.of(PSI, JS, LINF, IMPACT));
  private static final List<Measure> OF_SCORES =
      measures(List.of(MEAN, ABOVE), List.of(PSI, JS, LINF));

  private DriftWords() {}

  private static List<Measure> measures(List<String> values, List<String> comparisons) {
    return Stream.concat(
            values.stream().map(name -> Measure.value(name, Baseline.NAMES)),
            comparisons.stream().map(name -> Measure.comparison(name, Baseline.NAMES)))
        .toList();
  }

  /** Returns the words for a model of which nothing is known: any other subject may be a field. */
  public static RuleWords ofAnyModel() {
    Map<String, List<Measure>> subjects = new HashMap<>();
    subjects.put(ROWS, OF_ROWS);
    subjects.put(ANY, OF_FIELDS);
    subjects.put(SCORE, OF_SCORES);
    List<Measure> others = new ArrayList<>(OF_FIELDS);
    others.addAll(OF_SCORES.subList(0, 2)); // of an output, whose name is not known either
    return new RuleWords(subjects, RuleWords.Others.any(others));
  }

  /** Returns the words for a model. */
  public static RuleWords of(ProfileForm form) {
    Map<String, List<Measure>> subjects = new HashMap<>();
    form.features()
        .forEach(
            feature -> {
              subjects.put(feature.feature(), OF_FIELDS);
              subjects.put(feature.field(), OF_FIELDS);
            });
    if (form.outputs().size() > 1) {
      form.outputs()
          .forEach(
              output -> subjects.put(SCORE + "_" + output.output(), ofScores(List.of(output))));
    }

    subjects.put(ROWS, OF_ROWS);
    subjects.put(ANY, OF_FIELDS);
    subjects.put(SCORE, ofScores(form.outputs()));
    return new RuleWords(subjects, RuleWords.Others.NONE);
  }

  private static List<Measure> ofScores(List<ProfileForm.Output> outputs) {
    return outputs.stream().anyMatch(output -> output.threshold().isPresent())
        ? OF_SCORES
        : OF_SCORES.stream().filter(measure -> !measure.name().equals(ABOVE)).toList();
  }

  /** Returns whether the subject of a rule is each field, not one that it names. */
  public static boolean isOfEach(String subject) {
    return subject.equals(ANY);
  }

  /**
   * Returns the fields that a rule may be about, by its own names for them: they and their
   * features.
   *
   * @param subject of the rule
   * @return empty if the rule is about rows or scores, whatever fields have these names
   */
  public static Map<String, String> fields(String subject, Profile profile) {
    boolean isOther =
        subject.equals(ROWS)
            || subject.equals(SCORE)
            || Subjects.outputs(profile).containsKey(subject);
    Map<String, String> fields = new HashMap<>();
    if (!isOther) {
      profile.features().forEach(feature -> fields.put(feature.feature(), feature.field()));
      profile.features().forEach(feature -> fields.put(feature.field(), feature.field()));
    }

    return fields;
  }
}
