package io.paritree.drift;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * A field, or one of the features that read it, against a baseline.
 *
 * @param name of the field or the feature
 * @param baseline its shares in the baseline; empty if it is not there
 * @param shift of its values; empty if they are not compared
 * @param notShifted why they are not; empty if they are
 * @param impacts by how much its mean contribution to each margin has changed, in margin units;
 *     empty if that is not known
 * @param features of a field, if there are several or one with another name; empty for a feature
 */
public record FieldDrift(
    String name,
    Optional<Shares> baseline,
    Optional<Shift> shift,
    String notShifted,
    List<Double> impacts,
    List<FieldDrift> features) {
  public FieldDrift {
    impacts = List.copyOf(impacts);
    features = List.copyOf(features);
  }

  /** Returns a field that is compared with nothing. */
  public static FieldDrift notCompared(String field) {
    return new FieldDrift(field, Optional.empty(), Optional.empty(), "", List.of(), List.of());
  }

  /** Returns the field of some features. */
  static FieldDrift of(String field, Optional<Shares> baseline, List<FieldDrift> features) {
    Optional<Shift> shift =
        Shift.largest(features.stream().flatMap(feature -> feature.shift.stream()).toList());
    FieldDrift first = features.get(0);
    boolean isPlain = features.size() == 1 && first.name.equals(field);
    return new FieldDrift(
        field,
        baseline,
        shift,
        shift.isPresent() ? "" : first.notShifted,
        sums(features),
        isPlain ? List.of() : features);
  }

  private static List<Double> sums(List<FieldDrift> features) {
    int margins = features.stream().mapToInt(feature -> feature.impacts.size()).max().orElse(0);
    Double[] sums = new Double[margins];
    Arrays.fill(sums, 0.0);
    for (FieldDrift feature : features) {
      for (int margin = 0; margin < feature.impacts.size(); margin++) {
        sums[margin] += feature.impacts.get(margin);
      }
    }

    return List.of(sums);
  }

  /** Returns the impact on the margin for which it is the largest, by its absolute value. */
  public OptionalDouble impact() {
    double largest = 0;
    for (double impact : impacts) {
      largest = Math.abs(impact) > Math.abs(largest) ? impact : largest;
    }

    return impacts.isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(largest);
  }

  /** The document, in which a name says whether it is one of a field or of a feature. */
  record Form(
      Optional<String> field,
      Optional<String> feature,
      Optional<Shares> baseline,
      @JsonUnwrapped Shift shift,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) String notCompared,
      OptionalDouble impact,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Double> impacts,
      @JsonInclude(JsonInclude.Include.NON_EMPTY) List<Form> features) {}

  @JsonValue
  Form form() {
    return form(Optional.of(name), Optional.empty());
  }

  private Form form(Optional<String> field, Optional<String> feature) {
    return new Form(
        field,
        feature,
        baseline,
        shift.orElse(Shift.NONE),
        notShifted,
        impact(),
        impacts.size() > 1 ? impacts : List.of(),
        features.stream().map(one -> one.form(Optional.empty(), Optional.of(one.name))).toList());
  }

  @JsonCreator
  static FieldDrift of(Form form) {
    Optional<String> name = form.field.or(() -> form.feature);
    return new FieldDrift(
        name.orElseThrow(() -> new IllegalArgumentException("expected a field or a feature")),
        form.baseline,
        form.shift.known(),
        form.notCompared,
        form.impact.isPresent() && form.impacts.isEmpty()
            ? List.of(form.impact.getAsDouble())
            : form.impacts,
        form.features.stream().map(FieldDrift::of).toList());
  }
}
