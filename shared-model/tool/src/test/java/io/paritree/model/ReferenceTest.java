package io.paritree.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.CorruptModelException;
import io.paritree.ModelException;
import io.paritree.model.layout.PackageFiles;
import io.paritree.profile.NumberBins;
import io.paritree.profile.Profile;
import io.paritree.profile.ProfileForm;
import io.paritree.profile.ScoreHistogram;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A reference that is of its model is used; every other one is refused. */
class ReferenceTest {
  private static final float BORDER = ScoreHistogram.border(0.5f);
  private static final String REFERENCE =
      """
      {"format": 1, "rows": 9, "scored": 8, "sampled": 6, "explained": 4,
       "features": [
         {"feature": "distance", "field": "distance", "missing": 2, "unseen": 0,
          "edges": [10.0, 20.5], "counts": [1, 2, 1, 2], "contributions": [0.5]},
         {"feature": "weight", "field": "weight", "missing": 0, "unseen": 0, "contributions": [0]},
         {"feature": "express", "field": "express", "missing": 0, "unseen": 0,
          "edges": [1], "counts": [3, 3, 0], "contributions": [0]},
         {"feature": "carrier", "field": "carrier", "missing": 1, "unseen": 1,
          "codes": [3, 0], "values": ["Zürich Post", "AA"], "counts": [3, 2, 0, 1],
          "contributions": [-0.25]},
         {"feature": "zone", "field": "zone", "missing": 0, "unseen": 0,
          "codes": [0], "values": ["10"], "counts": [6, 0, 0], "contributions": [0]},
         {"feature": "hour", "field": "departure", "missing": 0, "unseen": 0,
          "contributions": [0]},
         {"feature": "day_of_week", "field": "departure", "missing": 0, "unseen": 0,
          "contributions": [0]}],
       "outputs": [{"output": "late", "mean": 0.25, "above": 3, "edges": [%s], "counts": [4, 4, 0]}],
       "margins": [{"mean": 0.5, "base": 0.25, "deviation": 1}],
       "faults": {"distance": {"out_of_range": 1}}}
      """
          .formatted(BORDER);

  @TempDir Path directory;

  private Path sealed;

  @BeforeEach
  void seal() {
    sealed = new TestPackages(directory).binary(1, 6);
  }

  private ScoringModel open(int format, String reference) throws IOException, ModelException {
    Path manifest = sealed.resolve(PackageFiles.MANIFEST);
    String text = Files.readString(manifest);
    Files.writeString(
        manifest, text.replaceFirst("\"format\": \\d", "\"format\": %s".formatted(format)));
    Files.writeString(sealed.resolve(PackageFiles.REFERENCE), reference);
    TestPackages.digestAnew(sealed);
    return Opening.open(sealed.toString(), EngineKind.FOREST);
  }

  @Test
  void theReferenceOfAPackageGivesTheModelsFormItsBins() throws Exception {
    ScoringModel model = open(3, REFERENCE);

    assertThat(model.card().reference())
        .contains(Profile.fromJson("reference", REFERENCE.getBytes(StandardCharsets.UTF_8)));
    ProfileForm form = model.profileForm();
    assertThat(form.features()).hasSize(7);
    assertThat(form.features().get(0).bins()).contains(new NumberBins(10, 20.5f));
    assertThat(form.features().get(5))
        .isEqualTo(new ProfileForm.Slot("hour", "departure", Optional.empty()));
    assertThat(form.outputs())
        .containsExactly(
            new ProfileForm.Output(
                "late", Optional.of(new NumberBins(BORDER)), OptionalDouble.of(0.25)));
    assertThat(form.modelWidth()).isEqualTo(7);
    assertThat(form.margins()).isEqualTo(1);
  }

  @Test
  void aModelWithoutAReferenceHasAFormWithoutBins() throws Exception {
    ScoringModel model = Opening.open(sealed.toString(), EngineKind.FOREST);

    assertThat(model.card().reference()).isEmpty();
    assertThat(model.profileForm().features()).allMatch(slot -> slot.bins().isEmpty());
    assertThat(model.profileForm().outputs()).allMatch(output -> output.bins().isEmpty());
  }

  @Test
  void aReferenceBelongsToFormat3AndOnlyToIt() throws Exception {
    for (int format = 1; format <= 2; format++) {
      int older = format;
      assertThatThrownBy(() -> open(older, REFERENCE))
          .isInstanceOf(CorruptModelException.class)
          .hasMessageContaining("it has the file 'reference.json'")
          .hasMessageContaining("a package of its format does not have");
    }

    open(3, REFERENCE);
    Files.delete(sealed.resolve(PackageFiles.REFERENCE));
    TestPackages.digestAnew(sealed);
    assertThatThrownBy(() -> Opening.open(sealed.toString(), EngineKind.FOREST))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("does not list the file 'reference.json'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"format\": 1 | \"format\": 2 | /format: got 2, expected a whole number from 1 to 1",
        "\"rows\": 9 | \"rows\": 0 | /scored: got 8, expected at most 0",
        "\"rows\": 9 | \"rows\": 9007199254740993 | /rows: got 9007199254740993, expected at most",
        "\"rows\": 9 | \"rows\": -1 | /rows: got -1, expected a whole number of at least 0",
        "\"scored\": 8 | \"scored\": 10 | /scored: got 10, expected at most 9",
        "\"sampled\": 6 | \"sampled\": 7 | /features/0/counts: got counts of 6 rows, expected 7",
        "\"explained\": 4 | \"explained\": 0 | /margins: got 1 of them, expected 0",
        "\"feature\": \"weight\" | \"feature\": \"width\" | /features/1/feature: got 'width', expected 'weight'",
        "\"field\": \"weight\" | \"field\": \"width\" | /features/1/field: got 'width', expected 'weight'",
        "\"missing\": 2 | \"missing\": 10 | /features/0/missing: got 10, expected at most 9",
        "\"unseen\": 1 | \"unseen\": 10 | /features/3/unseen: got 10, expected at most 9",
        "[1, 2, 1, 2] | [1, 2, 2, 2] | /features/0/counts: got counts of 7 rows, expected 6",
        "[1, 2, 1, 2] | [1, 2, 3] | Cannot use 3 counts: expected 4, one for each bin",
        "[1, 2, 1, 2] | [9223372036854775807, 9223372036854775807, 2, 6] | /features/0/counts: got 9223372036854775807, expected at most 6",
        "[10.0, 20.5] | [10.0, 10.0] | they must ascend",
        "[10.0, 20.5] | [\"NaN\", 10.0] | they must ascend",
        "\"edges\": [10.0, 20.5] | \"codes\": [1, 2], \"values\": [\"1\", \"2\"] | /features/0: got bins of categories, expected bins between edges",
        "\"codes\": [3, 0] | \"codes\": [4, 0] | /features/3/codes: got 4, expected a code below 4",
        "\"codes\": [3, 0] | \"codes\": [2, 0] | /features/3/codes/0: got 'Zürich Post', expected 'UA'",
        "\"codes\": [3, 0] | \"codes\": [3, 3] | each must have one, from 0",
        "\"contributions\": [-0.25] | \"contributions\": [] | /features/3/contributions: got 0 of them, expected 1",
        "\"output\": \"late\" | \"output\": \"early\" | /outputs/0/output: got 'early', expected 'late'",
        "\"above\": 3, | `` | /outputs/0/above: got nothing, expected a count",
        "[4, 4, 0] | [4, 3, 0] | /outputs/0/counts: got counts of 7 rows, expected 8",
        "{\"mean\": 0.5, \"base\": 0.25, \"deviation\": 1} | `` | /features/0/contributions: got 1 of them, expected 0",
        "{\"distance\": | {\"distances\": | /faults: got 'distances', expected a field of the model",
        "\"out_of_range\": 1 | \"out_of_range\": 10 | /faults: got 10, expected at most 9",
        "\"faults\" | \"fault\" | unknown key 'fault'",
        "\"edges\": [10.0, | \"edge\": [10.0, | /features/0: got the unknown key 'edge'",
        "\"above\": 3, | \"over\": 3, | /outputs/0: got the unknown key 'over'",
        "\"edges\": [10.0, 20.5], | `` | /features/0: got some members of bins, expected edges and counts",
        "\"edges\": [10.0, 20.5] | \"edges\": \"AACAPw==\" | /features/0/edges: got the text 'AACAPw==', expected an array",
        "[10.0, 20.5] | [10.0, 1e39] | /features/0/edges/1: got 1e39, expected a number that is finite as a float",
        "\"missing\": 2 | \"missing\": null | /features/0/missing: got null, expected a whole number",
        "[1, 2, 1, 2] | [1, null, 1, 2] | /features/0/counts/1: got null, expected a value",
        "\"out_of_range\": 1 | \"out_of_range\": null | /faults/distance/out_of_range: got null, expected a value",
        "\"rows\" | \"rows | not well-formed",
      })
  void aReferenceThatIsNotOfItsModelIsRefusedWithItsPlace(
      String part, String changed, String said) {
    String reference =
        REFERENCE.replaceFirst(
            Pattern.quote(part), Matcher.quoteReplacement(changed == null ? "" : changed));
    assertThat(reference).isNotEqualTo(REFERENCE);

    assertThatThrownBy(() -> open(3, reference))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("Cannot read ")
        .hasMessageContaining("reference.json")
        .hasMessageContaining(said);
  }

  @Test
  void scoresAreOnlyInBinsThatTheirHistogramCanCount() {
    String between = String.valueOf(Math.nextUp(BORDER));
    assertThatThrownBy(() -> open(3, REFERENCE.replace(String.valueOf(BORDER), between)))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("/outputs/0/edges: got %s, expected %s".formatted(between, BORDER));
  }

  @Test
  void aReferenceOfManyBinsIsRefusedInOneSentence() {
    List<String> ascending = IntStream.range(0, 300_000).mapToObj(String::valueOf).toList();
    for (String bins :
        List.of(
            "\"edges\": " + ascending.subList(0, 63),
            "\"edges\": " + ascending,
            "\"edges\": " + Collections.nCopies(300_000, "1"),
            "\"codes\": " + ascending,
            "\"values\": " + Collections.nCopies(300_000, "\"a\""))) {
      String part = bins.startsWith("\"edges\"") ? "\"edges\": [10.0, 20.5]" : "";
      String reference =
          part.isEmpty()
              ? REFERENCE.replaceFirst(
                  Pattern.quote(
                      bins.startsWith("\"codes\"")
                          ? "\"codes\": [3, 0]"
                          : "\"values\": [\"Zürich Post\", \"AA\"]"),
                  bins)
              : REFERENCE.replace(part, bins);
      assertThatThrownBy(() -> open(3, reference))
          .isInstanceOf(CorruptModelException.class)
          .hasMessageContaining("reference.json")
          .satisfies(e -> assertThat(e.getMessage().length()).isLessThan(500));
    }
  }

  @Test
  void aReferenceOfMoreThanTwoMebibytesIsNotRead() {
    String reference = REFERENCE + " ".repeat(PackageFiles.MAX_REFERENCE_BYTES);
    assertThatThrownBy(() -> open(3, reference))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("bytes, expected at most 2097152");
  }

  @Test
  void countsInTheManifestAreForFormat2() throws Exception {
    Path counted = new TestPackages(directory.resolve("counted")).sealedWith(50).binary(1, 6);
    ScoringModel model = Opening.open(counted.toString(), EngineKind.FOREST);
    Profile reference = model.card().reference().orElseThrow();
    assertThat(reference.rows()).isEqualTo(50);
    assertThat(reference.features()).hasSize(7).allMatch(feature -> feature.bins().isEmpty());
    assertThat(reference.features().get(3).unseen()).isPositive();
    assertThat(model.profileForm().features()).allMatch(slot -> slot.bins().isEmpty());

    sealed = counted;
    assertThatThrownBy(() -> open(3, REFERENCE))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("/sealed_rows: got counts, expected none in format 3");
  }
}
