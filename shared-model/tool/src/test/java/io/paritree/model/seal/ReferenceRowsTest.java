package io.paritree.model.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.paritree.Fault;
import io.paritree.feature.Faults;
import io.paritree.feature.Feature;
import io.paritree.feature.Field;
import io.paritree.forest.explain.ContributionMode;
import io.paritree.forest.explain.Explainer;
import io.paritree.model.EngineKind;
import io.paritree.model.Opening;
import io.paritree.model.ScoringModel;
import io.paritree.model.TestPackages;
import io.paritree.model.TestRecords;
import io.paritree.model.layout.PackageFiles;
import io.paritree.model.manifest.FieldImportance;
import io.paritree.model.manifest.SchemaForm;
import io.paritree.model.manifest.SchemaParser;
import io.paritree.model.rows.InputException;
import io.paritree.profile.Bins;
import io.paritree.profile.CategoryBins;
import io.paritree.profile.FeatureProfile;
import io.paritree.profile.NumberBins;
import io.paritree.profile.OutputProfile;
import io.paritree.profile.Profile;
import io.paritree.record.CsvCells;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReferenceRowsTest {
  @TempDir Path directory;

  private final List<String> notes = new ArrayList<>();

  /** Records of which some are refused: by an unknown zone, far distances, and cells too few. */
  private static List<List<String>> parcels(int count) {
    List<List<String>> rows = new ArrayList<>();
    for (int index = 0; index < count; index++) {
      List<String> cells = new ArrayList<>(TestRecords.cells(index));
      if (index % 23 == 5) {
        cells.set(4, "99");
      }

      if (index % 31 == 7) {
        cells.set(0, "-5");
        cells.set(1, "");
      }

      if (index % 101 == 9) {
        cells = List.of("1", "2");
      }

      rows.add(List.copyOf(cells));
    }

    return rows;
  }

  private Path csv(String header, List<List<String>> rows) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add(header);
    rows.forEach(row -> lines.add(String.join(",", row)));
    return Files.write(directory.resolve("rows.csv"), lines);
  }

  private Path parcelsCsv(int count) throws IOException {
    return csv(String.join(",", TestRecords.COLUMNS), parcels(count));
  }

  private Sealing sealing(byte[] model, String schema) throws Exception {
    SealSource source = SealSource.ofFile("m", model);
    SchemaForm form =
        schema.isEmpty()
            ? source.schema(List.of())
            : SchemaParser.fromJson("schema.json", schema.getBytes(StandardCharsets.UTF_8));
    return Sealing.of(source, "schema.json", form, Optional.empty());
  }

  private Profile reference(Path csv, Sealing sealing) throws Exception {
    return new ReferenceRows(csv.toString(), sealing, notes::add)
        .reference(Optional.empty())
        .reference()
        .orElseThrow();
  }

  /** What a reader of the file finds who knows nothing of profiles. */
  private static final class Recount {
    private final ScoringModel model;
    private final long[] missing;
    private final long[] unseen;
    private final Map<String, Map<String, Long>> faults = new TreeMap<>();
    private final List<float[]> scoredRows = new ArrayList<>();
    private long rows;

    Recount(ScoringModel model) {
      this.model = model;
      this.missing = new long[model.schema().width()];
      this.unseen = new long[missing.length];
    }

    void add(List<String> cells) {
      rows++;
      if (cells.size() < TestRecords.COLUMNS.size()) {
        faults
            .computeIfAbsent("", field -> new TreeMap<>())
            .merge("malformed_record", 1L, Long::sum);
        return;
      }

      float[] slots = new float[missing.length];
      Map<String, Fault> ofRow = new LinkedHashMap<>();
      for (Field field : model.schema().fields()) {
        byte[] cell =
            cells.get(TestRecords.COLUMNS.indexOf(field.column())).getBytes(StandardCharsets.UTF_8);
        for (int index = 0; index < field.features().size(); index++) {
          Feature feature = field.features().get(index);
          Faults found = new Faults();
          float slot = CsvCells.encode(feature, cell, 0, cell.length, found);
          slots[field.slot(index)] = slot;
          unseen[field.slot(index)] += found.unseen();
          boolean isRefused =
              found.list().stream().anyMatch(fault -> !fault.code().code().equals("missing_value"));
          missing[field.slot(index)] += Float.isNaN(slot) && !isRefused ? 1 : 0;
          found.list().forEach(fault -> ofRow.put(fault.field() + fault.code(), fault));
        }
      }

      ofRow
          .values()
          .forEach(
              fault ->
                  faults
                      .computeIfAbsent(fault.field(), field -> new TreeMap<>())
                      .merge(fault.code().code(), 1L, Long::sum));
      if (ofRow.isEmpty()) {
        scoredRows.add(slots);
      }
    }

    List<Long> counts(Bins bins, int slot) {
      long[] counts = new long[bins.size()];
      scoredRows.forEach(row -> counts[bins.of(row[slot])]++);
      return LongStream.of(counts).boxed().toList();
    }

    float score(float[] row) {
      float[] score = new float[1];
      model.engine().score(row, 1, null, score);
      return score[0];
    }
  }

  @Test
  void aReferenceEqualsAPlainRecountOfTheFile() throws Exception {
    Path csv = parcelsCsv(3_000);
    Path sealed = new TestPackages(directory.resolve("store")).withReference(csv).binary(1, 20);
    ScoringModel model = Opening.open(sealed.toString(), EngineKind.FOREST);
    Profile profile = model.card().reference().orElseThrow();
    Recount recount = new Recount(model);
    parcels(3_000).forEach(recount::add);

    assertThat(profile.rows()).isEqualTo(3_000).isEqualTo(recount.rows);
    assertThat(profile.scored()).isEqualTo(recount.scoredRows.size()).isLessThan(2_900);
    assertThat(profile.sampled()).isEqualTo(profile.scored());
    assertThat(profile.explained()).isEqualTo(profile.scored());
    assertThat(profile.faults()).isEqualTo(recount.faults).hasSizeGreaterThan(3);
    for (int slot = 0; slot < 7; slot++) {
      FeatureProfile feature = profile.features().get(slot);
      assertThat(feature.missing()).isEqualTo(recount.missing[slot]);
      assertThat(feature.unseen()).isEqualTo(recount.unseen[slot]);
      assertThat(feature.bins().orElseThrow().counts())
          .as(feature.feature())
          .isEqualTo(recount.counts(feature.bins().get().bins(), slot));
    }

    assertThat(profile.features().get(4).unseen()).as("refused zones").isPositive();
    assertScores(profile.outputs().get(0), recount);
    assertContributions(profile, recount);
  }

  private static void assertScores(OutputProfile output, Recount recount) {
    NumberBins bins = (NumberBins) output.bins().orElseThrow().bins();
    long[] counts = new long[bins.size()];
    double sum = 0;
    long above = 0;
    for (float[] row : recount.scoredRows) {
      float score = recount.score(row);
      counts[bins.of(score)]++;
      sum += score;
      above += score > 0.25f ? 1 : 0;
    }

    assertThat(bins.edges()).hasSizeBetween(8, 12);
    assertThat(output.bins().get().counts()).isEqualTo(LongStream.of(counts).boxed().toList());
    assertThat(output.above()).hasValue(above);
    assertThat(output.mean()).isCloseTo(sum / recount.scoredRows.size(), within(1e-12));
  }

  private static void assertContributions(Profile profile, Recount recount) throws Exception {
    Explainer explainer = recount.model.explainer(ContributionMode.FAST);
    double[] sums = new double[8];
    List<Double> margins = new ArrayList<>();
    for (float[] row : recount.scoredRows) {
      float[] contributions = new float[8];
      explainer.explain(row, 1, contributions);
      IntStream.range(0, 8).forEach(at -> sums[at] += contributions[at]);
      float[] margin = new float[1];
      recount.model.engine().score(row, 1, margin, null);
      margins.add((double) margin[0]);
    }

    int rows = margins.size();
    double mean = margins.stream().mapToDouble(Double::doubleValue).sum() / rows;
    double squares =
        margins.stream().mapToDouble(margin -> (margin - mean) * (margin - mean)).sum();
    for (int slot = 0; slot < 7; slot++) {
      assertThat(profile.features().get(slot).contributions().get(0))
          .isCloseTo(sums[slot] / rows, within(1e-9));
    }

    assertThat(profile.margins().get(0).base()).isCloseTo(sums[7] / rows, within(1e-9));
    assertThat(profile.margins().get(0).mean()).isCloseTo(mean, within(1e-9));
    assertThat(profile.margins().get(0).deviation().orElseThrow())
        .isCloseTo(Math.sqrt(squares / rows), within(1e-9));
  }

  @Test
  void eachKindOfFeatureHasItsBins() throws Exception {
    String schema =
        """
        {"features": [
          {"name": "n", "type": "number"}, {"name": "b", "type": "boolean"},
          {"name": "t", "type": "category", "categories": ["x", "y", "z"], "unseen": "missing"},
          {"name": "i", "type": "category", "categories": [30, 10], "unseen": "missing"},
          {"name": "c", "type": "category", "categories": "codes"},
          {"name": "h", "type": "hour", "column": "at"},
          {"name": "m", "type": "minute_of_day", "column": "at"},
          {"name": "w", "type": "day_of_week", "column": "at"},
          {"name": "d", "type": "day_of_month", "column": "at"},
          {"name": "mo", "type": "month", "column": "at"},
          {"name": "y", "type": "year", "column": "at"},
          {"name": "o", "type": "number", "role": "offset"}]}
        """;
    Random random = new Random(5);
    List<List<String>> rows = new ArrayList<>();
    for (int row = 0; row < 600; row++) {
      rows.add(
          List.of(
              String.valueOf(row),
              String.valueOf(row % 2),
              row % 4 == 0 ? "z" : "x",
              row % 3 == 0 ? "10" : "7",
              String.valueOf(Math.min(random.nextInt(40), random.nextInt(40))),
              "20%02d-03-04T05:06:07".formatted(20 + row % 3),
              String.valueOf(row % 600)));
    }

    Profile profile =
        reference(csv("n,b,t,i,c,at,o", rows), sealing(TestPackages.wideModel(11, 5, 3), schema));
    List<Bins> bins =
        profile.features().stream().map(feature -> feature.bins().orElseThrow().bins()).toList();
    assertThat(((NumberBins) bins.get(0)).edges()).hasSize(9);
    assertThat(bins.get(1)).isEqualTo(new NumberBins(1));
    assertThat(bins.get(2)).isEqualTo(new CategoryBins(List.of(0, 2), List.of("x", "z")));
    assertThat(bins.get(3)).isEqualTo(new CategoryBins(List.of(1), List.of("10")));
    assertThat(profile.features().get(3).unseen()).isEqualTo(400);
    assertThat(((CategoryBins) bins.get(4)).codes()).hasSize(20).doesNotContain(38, 39);
    assertThat(((NumberBins) bins.get(5)).edges()).hasSize(23).startsWith(1, 2).endsWith(23);
    assertThat(((NumberBins) bins.get(6)).edges()).hasSize(23).startsWith(60, 120).endsWith(1_380);
    assertThat(bins.get(7)).isEqualTo(new NumberBins(2, 3, 4, 5, 6, 7));
    assertThat(bins.get(8)).isEqualTo(new NumberBins(11, 21));
    assertThat(((NumberBins) bins.get(9)).edges()).hasSize(11).startsWith(2).endsWith(12);
    assertThat(bins.get(10)).isEqualTo(new NumberBins(2020, 2021, 2022));
    assertThat(((NumberBins) bins.get(11)).edges())
        .containsExactly(60, 120, 180, 240, 300, 360, 420, 480, 540);
    assertThat(profile.features().get(11).contributions()).isEmpty();
    assertThat(profile.features().get(5).bins().orElseThrow().counts().get(5)).isEqualTo(600);
  }

  @Test
  void theMostFrequentCategoriesHaveBinsAndOfEquallyFrequentOnesTheFirst() throws Exception {
    List<List<String>> rows = new ArrayList<>();
    for (int code = 0; code < 30; code++) {
      for (int row = 0; row < (code >= 25 ? 3 : 2); row++) {
        rows.add(List.of(String.valueOf(code), "0"));
      }
    }

    String schema =
        """
        {"features": [{"name": "c", "type": "category", "categories": "codes"},
                      {"name": "n", "type": "number"}]}""";
    Profile profile = reference(csv("c,n", rows), sealing(TestPackages.wideModel(2, 5, 3), schema));
    CategoryBins bins = (CategoryBins) profile.features().get(0).bins().orElseThrow().bins();
    assertThat(bins.codes())
        .containsExactly(25, 26, 27, 28, 29, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14);
    assertThat(profile.features().get(0).bins().get().counts()).endsWith(20L, 0L).startsWith(3L);
  }

  @Test
  void ofManyRowsTheBinsAreOfASampleAndTheCountsAreExact() throws Exception {
    int count = 150_000;
    Path csv = directory.resolve("many.csv");
    try (PrintWriter out = new PrintWriter(csv.toFile(), StandardCharsets.UTF_8)) {
      out.print("f0,f1\n");
      for (int row = 0; row < count; row++) {
        out.print(row % 1_000 + "," + (row % 4 == 3 ? "" : row / 1_000) + "\n");
      }
    }

    Sealing sealing = sealing(TestPackages.wideModel(2, 5, 3), "");
    Profile profile = reference(csv, sealing);
    assertThat(profile.sampled()).isEqualTo(count);
    assertThat(profile.explained()).isBetween(2_300L, 5_000L);
    FeatureProfile first = profile.features().get(0);
    NumberBins bins = (NumberBins) first.bins().orElseThrow().bins();
    long[] counts = new long[bins.size()];
    IntStream.range(0, count).forEach(row -> counts[bins.of(row % 1_000)]++);
    assertThat(first.bins().get().counts()).isEqualTo(LongStream.of(counts).boxed().toList());
    assertThat(profile.features().get(1).missing()).isEqualTo(count / 4);
    assertThat(LongStream.of(counts).limit(10).boxed())
        .allMatch(rows -> Math.abs(rows - count / 10) < 0.055 * count);
    assertThat(reference(csv, sealing).toJson()).isEqualTo(profile.toJson());
  }

  @Test
  void threeThousandFeaturesHaveAReferenceOfFiveHundredInTwoMebibytes() throws Exception {
    int width = 3_000;
    Random random = new Random(6);
    List<List<String>> rows = new ArrayList<>();
    for (int row = 0; row < 120; row++) {
      rows.add(
          IntStream.range(0, width)
              .mapToObj(slot -> String.valueOf((float) (random.nextGaussian() * 100)))
              .toList());
    }

    String header =
        IntStream.range(0, width).mapToObj(slot -> "f" + slot).collect(Collectors.joining(","));
    Sealing sealing = sealing(TestPackages.wideModel(width, 2, 2), "");
    Profile profile = reference(csv(header, rows), sealing);

    List<Integer> withBins =
        IntStream.range(0, width)
            .filter(slot -> profile.features().get(slot).bins().isPresent())
            .boxed()
            .toList();
    assertThat(withBins).hasSize(500);
    for (int slot = 0; slot < width; slot++) {
      if (sealing.splits().thresholds(slot).length > 0) {
        assertThat(withBins).contains(slot);
      }
    }

    assertThat(profile.toJson().length).isLessThan(PackageFiles.MAX_REFERENCE_BYTES);
    assertThat(notes)
        .singleElement()
        .asString()
        .contains("bins of the 500 most important of 3000 features");
  }

  @Test
  void binsOfTheLeastImportantFeaturesAreLeftOutBeyondTwoMebibytes() throws Exception {
    String categories =
        IntStream.range(0, 20)
            .mapToObj(code -> "\"%s%02d\"".formatted("x".repeat(4_000), code))
            .collect(Collectors.joining(", "));
    String features =
        IntStream.range(0, 40)
            .mapToObj(
                slot ->
                    "{\"name\": \"f%s\", \"type\": \"category\", \"categories\": [%s], \"unseen\": \"missing\"}"
                        .formatted(slot, categories))
            .collect(Collectors.joining(", "));
    List<List<String>> rows = new ArrayList<>();
    for (int row = 0; row < 40; row++) {
      String cell = "%s%02d".formatted("x".repeat(4_000), row % 20);
      rows.add(Collections.nCopies(40, cell));
    }

    String header =
        IntStream.range(0, 40).mapToObj(slot -> "f" + slot).collect(Collectors.joining(","));
    Map<String, Double> means = new LinkedHashMap<>();
    IntStream.range(0, 40).forEach(slot -> means.put("f" + slot, slot % 7 == 0 ? 1.0 : 0.5));
    Sealing sealing =
        sealing(TestPackages.wideModel(40, 60, 4), "{\"features\": [" + features + "]}");
    SealedRows sealed =
        new ReferenceRows(csv(header, rows).toString(), sealing, notes::add)
            .reference(Optional.of(new FieldImportance(40, means)));

    Profile profile = sealed.reference().orElseThrow();
    long withBins =
        profile.features().stream().filter(feature -> feature.bins().isPresent()).count();
    assertThat(withBins).isBetween(20L, 30L);
    assertThat(profile.toJson().length)
        .isBetween(PackageFiles.MAX_REFERENCE_BYTES - 100_000, PackageFiles.MAX_REFERENCE_BYTES);
    for (int slot = 0; slot < 40; slot += 7) {
      assertThat(profile.features().get(slot).bins()).isPresent();
    }

    assertThat(notes)
        .singleElement()
        .asString()
        .contains("bins of the %s most important of 40 features".formatted(withBins));
  }

  @Test
  void namesThatFillTwoMebibytesLeaveCountsInPlaceOfAReference() throws Exception {
    int width = 1_300;
    String features =
        IntStream.range(0, width)
            .mapToObj(
                slot ->
                    "{\"name\": \"%s%s\", \"type\": \"number\", \"column\": \"%s%s\"}"
                        .formatted("n".repeat(900), slot, "c".repeat(900), slot))
            .collect(Collectors.joining(", "));
    String header =
        IntStream.range(0, width)
            .mapToObj(slot -> "c".repeat(900) + slot)
            .collect(Collectors.joining(","));
    Path csv =
        csv(header, List.of(Collections.nCopies(width, "1"), Collections.nCopies(width, "")));
    SealedRows sealed =
        new ReferenceRows(
                csv.toString(),
                sealing(TestPackages.wideModel(width, 5, 3), "{\"features\": [" + features + "]}"),
                notes::add)
            .reference(Optional.empty());

    assertThat(sealed.reference()).isEmpty();
    assertThat(sealed.values().orElseThrow().rows()).isEqualTo(2);
    assertThat(sealed.values().get().missing()).hasSize(width).containsValue(1L);
    assertThat(notes).singleElement().asString().contains("the package has no reference");
  }

  @Test
  void aFileWithoutRowsThatCanBeScoredIsRefused() throws Exception {
    Sealing sealing = sealing(TestPackages.wideModel(2, 5, 3), "");
    assertThatThrownBy(() -> reference(csv("f0,f1", List.of()), sealing))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("Cannot make a reference of the rows of ")
        .hasMessageContaining("it has none");
    assertThatThrownBy(() -> reference(csv("f0,f1", List.of(List.of("a", "1"))), sealing))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("the schema accepts none: wrong_type in 'f0' of 1 rows");
  }
}
