package io.paritree.model.seal;

import io.paritree.CorruptModelException;
import io.paritree.UnsupportedModelException;
import io.paritree.feature.Schema;
import io.paritree.forest.SplitValues;
import io.paritree.forest.explain.Explainer;
import io.paritree.model.ProfileForms;
import io.paritree.model.layout.PackageFiles;
import io.paritree.model.manifest.FieldImportance;
import io.paritree.model.manifest.SealedValues;
import io.paritree.model.rows.CsvRows;
import io.paritree.model.rows.FaultSummary;
import io.paritree.model.rows.InputException;
import io.paritree.profile.Bins;
import io.paritree.profile.FeatureProfile;
import io.paritree.profile.Profile;
import io.paritree.profile.ProfileForm;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The rows of a CSV file, of which a package's reference is made.
 *
 * <p>The file is read twice. First its bins are chosen from a {@link SlotSample}, then all rows are
 * counted: so the counts are exact, and the memory is bounded, for any number of rows. Each
 * contribution is the mean over at most 5,000 rows, chosen by the hash of their number.
 */
public final class ReferenceRows {
  private final String path;
  private final Sealing sealing;
  private final Schema schema;
  private final Consumer<String> notes;

  /**
   * @param path of the file
   * @param notes receives sentences about what the reference lacks
   */
  public ReferenceRows(String path, Sealing sealing, Consumer<String> notes) {
    this.path = path;
    this.sealing = sealing;
    this.schema = sealing.schema();
    this.notes = notes;
  }

  /**
   * Returns the reference.
   *
   * @param importance of the fields: the most important features have bins
   * @throws InputException if the file has no row that can be scored
   */
  public SealedRows reference(Optional<FieldImportance> importance) throws Exception {
    SlotSample sample = new SlotSample(schema.width());
    long rows = sample(sample);
    SplitValues splits = sealing.splits();
    Map<Integer, Bins> bins = new HashMap<>();
    FeatureBins choice = new FeatureBins(schema, splits, sample);
    List<Integer> ranked =
        new RankedFeatures(sealing, splits).slots(importance).stream().filter(choice::has).toList();
    for (int slot : ranked.subList(0, Math.min(ReferenceCounts.MAX_WITH_BINS, ranked.size()))) {
      bins.put(slot, choice.of(slot));
    }

    Optional<Explainer> explainer = explainer();
    Profile counted = counted(form(bins, explainer.isPresent()), explainer, rows);
    Optional<Profile> fitting = fitting(counted, ranked);
    return fitting.isPresent()
        ? new SealedRows(importance, Optional.empty(), fitting)
        : new SealedRows(importance, Optional.of(values(counted)), Optional.empty());
  }

  /** Returns counts of the rows, for a package without a reference; empty without rows. */
  public Optional<SealedValues> values() throws Exception {
    ProfileForm form = form(Map.of(), false);
    Profile counted = counted(form, Optional.empty(), 0);
    return counted.rows() == 0 ? Optional.empty() : Optional.of(values(counted));
  }

  private static SealedValues values(Profile counted) {
    Map<String, Long> missing = new LinkedHashMap<>();
    Map<String, Long> unseen = new LinkedHashMap<>();
    for (FeatureProfile feature : counted.features()) {
      missing.put(feature.feature(), feature.missing());
      unseen.put(feature.feature(), feature.unseen());
    }

    return new SealedValues(counted.rows(), missing, unseen);
  }

  /** Reads the file into a sample; returns the number of its rows. */
  private long sample(SlotSample sample) throws Exception {
    if (CsvRows.isReadOnce(path)) {
      throw new InputException(
          "Cannot make a reference of %s: it is a device or a pipe, expected a file, which is read twice"
              .formatted(path));
    }

    FaultSummary refused = new FaultSummary();
    long rows = 0;
    try (CsvRows csv = CsvRows.open(path, schema, sealing.forest(), List.of())) {
      for (int count = csv.next(); count > 0; count = csv.next()) {
        for (int row = 0; row < count; row++) {
          if (!refused.addIfRefused(csv, row)) {
            sample.add(csv.slots(), row * schema.width());
          }

          rows++;
        }
      }
    }

    if (rows == refused.rows()) {
      throw new InputException(
          "Cannot make a reference of the rows of %s: %s"
              .formatted(
                  path, rows == 0 ? "it has none" : "the schema accepts none: " + refused.text()));
    }

    return rows;
  }

  private Profile counted(ProfileForm form, Optional<Explainer> explainer, long rows)
      throws Exception {
    ReferenceCounts counts = new ReferenceCounts(sealing.forest(), form, explainer, rows);
    try (CsvRows csv = CsvRows.open(path, schema, sealing.forest(), List.of())) {
      counts.addAll(csv);
    }

    return counts.profile();
  }

  /** Returns what computes contributions; empty if there can be none. */
  private Optional<Explainer> explainer() throws CorruptModelException {
    int margins = sealing.forest().outputs();
    if (ProfileForm.countedMargins(schema.modelWidth(), margins) == 0) {
      notes.accept(
          "the reference has no contributions: %s features and %s margins are too many"
              .formatted(schema.modelWidth(), margins));
      return Optional.empty();
    }

    try {
      return Optional.of(sealing.fastExplainer());
    } catch (UnsupportedModelException e) {
      notes.accept("the reference has no contributions: " + e.getMessage());
      return Optional.empty();
    }
  }

  private ProfileForm form(Map<Integer, Bins> bins, boolean isExplained) {
    return new ProfileForms(schema, sealing.outputs())
        .of(bins, isExplained ? sealing.forest().outputs() : 0);
  }

  /** Returns a profile with as many bins as a package may have; empty if it is too large at all. */
  private Optional<Profile> fitting(Profile counted, List<Integer> ranked) {
    int least = 0;
    int most = Math.min(ReferenceCounts.MAX_WITH_BINS, ranked.size());
    if (!fits(counted)) {
      if (!fits(withBins(counted, Set.of()))) {
        notes.accept(
            "the package has no reference: it would have more than %s bytes"
                .formatted(PackageFiles.MAX_REFERENCE_BYTES));
        return Optional.empty();
      }

      while (least < most - 1) { // the first so many bins fit, but not the first so many
        int middle = (least + most) / 2;
        if (fits(withBins(counted, Set.copyOf(ranked.subList(0, middle))))) {
          least = middle;
        } else {
          most = middle;
        }
      }

      most = least;
    }

    if (most < ranked.size()) {
      notes.accept(
          "the reference has bins of the %s most important of %s features: at most %s have bins, in at most %s bytes"
              .formatted(
                  most,
                  ranked.size(),
                  ReferenceCounts.MAX_WITH_BINS,
                  PackageFiles.MAX_REFERENCE_BYTES));
    }

    return Optional.of(withBins(counted, Set.copyOf(ranked.subList(0, most))));
  }

  private static boolean fits(Profile profile) {
    return profile.toJson().length <= PackageFiles.MAX_REFERENCE_BYTES;
  }

  /** Returns a profile with the bins of these features only. */
  private static Profile withBins(Profile profile, Set<Integer> slots) {
    List<FeatureProfile> features = new ArrayList<>();
    for (int slot = 0; slot < profile.features().size(); slot++) {
      FeatureProfile feature = profile.features().get(slot);
      features.add(slots.contains(slot) ? feature : feature.withoutBins());
    }

    return new Profile(
        profile.rows(),
        profile.scored(),
        profile.sampled(),
        profile.explained(),
        features,
        profile.outputs(),
        profile.margins(),
        profile.faults());
  }
}
