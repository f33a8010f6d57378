package io.paritree.model;

import io.paritree.feature.Feature;
import io.paritree.feature.Schema;
import io.paritree.feature.TableColumn;
import io.paritree.model.manifest.Outputs;
import io.paritree.profile.BinCounts;
import io.paritree.profile.Bins;
import io.paritree.profile.NumberBins;
import io.paritree.profile.Profile;
import io.paritree.profile.ProfileForm;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/** What is counted of the rows of a model. */
public final class ProfileForms {
  private final Schema schema;
  private final Outputs outputs;

  public ProfileForms(Schema schema, Outputs outputs) {
    this.schema = schema;
    this.outputs = outputs;
  }

  /**
   * Returns a form without bins of scores.
   *
   * @param bins of features, by slot
   * @param margins of which contributions are counted
   */
  public ProfileForm of(Map<Integer, Bins> bins, int margins) {
    return new ProfileForm(
        IntStream.range(0, schema.width())
            .mapToObj(slot -> slot(slot, Optional.ofNullable(bins.get(slot))))
            .toList(),
        outputs.names().stream().map(name -> output(name, Optional.empty())).toList(),
        schema.modelWidth(),
        margins);
  }

  /** Returns the form of rows that are compared with a reference. */
  ProfileForm of(Profile reference, int margins) {
    List<ProfileForm.Slot> slots = new ArrayList<>();
    for (int slot = 0; slot < schema.width(); slot++) {
      slots.add(slot(slot, reference.features().get(slot).bins().map(BinCounts::bins)));
    }

    ProfileForm form = new ProfileForm(slots, List.of(), schema.modelWidth(), margins);
    return reference.outputs().isEmpty()
        ? form.with(of(Map.of(), margins).outputs())
        : form.with(
            reference.outputs().stream()
                .map(
                    output ->
                        output(
                            output.output(),
                            output.bins().map(counts -> (NumberBins) counts.bins())))
                .toList());
  }

  private ProfileForm.Slot slot(int slot, Optional<Bins> bins) {
    Feature feature = schema.features().get(slot);
    Optional<ProfileForm.Reading> reading =
        bins.isEmpty()
            ? Optional.empty()
            : TableColumn.of(schema, slot).map(column -> column::value);
    return new ProfileForm.Slot(feature.name(), feature.column(), bins, reading);
  }

  private ProfileForm.Output output(String name, Optional<NumberBins> bins) {
    OptionalDouble threshold =
        outputs.kind() == Outputs.Kind.BINARY
            ? OptionalDouble.of(outputs.threshold())
            : OptionalDouble.empty();
    return new ProfileForm.Output(name, bins, threshold);
  }
}
