package io.paritree.model.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.feature.Field;
import io.paritree.json.SealedJson;
import io.paritree.model.EngineKind;
import io.paritree.model.Opening;
import io.paritree.model.ScoringModel;
import io.paritree.model.TestPackages;
import io.paritree.model.TestRecords;
import io.paritree.model.rows.CsvRows;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** {@code model diff}, from packages and a file of rows to its document and its text. */
class DiffCommandTest {
  private static final int ROWS = 9_000; // some blocks

  @TempDir Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private TestPackages packages;
  private Path champion;
  private Path rows;

  @BeforeEach
  void write() throws Exception {
    packages = new TestPackages(directory.resolve("store"));
    champion = packages.binary(1, 20);
    List<String> lines = new ArrayList<>();
    lines.add("id,shop," + String.join(",", TestRecords.COLUMNS));
    for (int row = 0; row < ROWS; row++) {
      lines.add("%s,%s,%s".formatted(row, row % 3 == 0 ? "" : "s" + row % 3, line(row)));
    }

    lines.add("bad,s1,1,,true,AA,10,2024-01-01T00:00:00"); // no weight
    rows = Files.write(directory.resolve("rows.csv"), lines);
  }

  private static String line(int row) {
    return TestRecords.csvLine(row);
  }

  private String run(int exitCode, Object... arguments) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    String[] texts = Arrays.stream(arguments).map(Object::toString).toArray(String[]::new);
    int got = ModelMain.run(new PrintWriter(out, true), new PrintWriter(err, true), texts);
    assertThat(got).as("%s%n%s%n%s", List.of(texts), out, err).isEqualTo(exitCode);
    return out.toString();
  }

  private Node json(int exitCode, Object... arguments) throws Exception {
    List<Object> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--format", "json"));
    String document = run(exitCode, all.toArray());
    assertThat(SealedJson.isWhole(document.getBytes(StandardCharsets.UTF_8))).isTrue();
    return new Node(new Load(LoadSettings.builder().build()).loadFromString(document));
  }

  /** A value of a document. */
  private record Node(Object value) {
    Node at(String path) {
      Object found = value;
      for (String step : path.substring(1).split("/")) {
        found =
            found instanceof List<?> list
                ? list.get(Integer.parseInt(step))
                : ((Map<?, ?>) found).get(step);
      }

      return new Node(found);
    }

    List<?> list() {
      return (List<?>) value;
    }

    String text() {
      return (String) value;
    }

    double number() {
      return ((Number) value).doubleValue();
    }

    int whole() {
      return (int) value;
    }
  }

  /** Returns the scores of all rows that a model scores, as predict reads them. */
  private float[] scores(Path model) throws Exception {
    ScoringModel opened = Opening.open(model.toString(), EngineKind.FOREST);
    float[] scores = new float[ROWS];
    int scored = 0;
    try (CsvRows csv = CsvRows.open(rows.toString(), opened.schema(), opened.engine(), List.of())) {
      for (int count = csv.next(); count > 0; count = csv.next()) {
        float[] block = new float[count];
        opened.engine().score(csv.slots(), count, null, block);
        for (int row = 0; row < count; row++) {
          if (csv.faults(row).isEmpty()) {
            scores[scored++] = block[row];
          }
        }
      }
    }

    assertThat(scored).isEqualTo(ROWS);
    return scores;
  }

  @Test
  void modelsOfOneSchemaAreComparedRowByRowWithTheFieldsThatMoveThem() throws Exception {
    Path challenger = packages.binary(2, 30);

    Node compared =
        json(
            0,
            "diff",
            champion,
            challenger,
            "--input",
            rows,
            "--keys",
            "id",
            "--by",
            "shop",
            "--top",
            5);

    assertThat(compared.at("/format").whole()).isEqualTo(1);
    assertThat(compared.at("/kind").text()).isEqualTo("diff");
    assertThat(compared.at("/champion/version").text()).isEqualTo("parcel-late/1");
    assertThat(compared.at("/challenger/version").text()).isEqualTo("parcel-late/2");
    assertThat(compared.at("/challenger/digest").text()).hasSize(64);
    assertThat(compared.at("/contract/tables").text()).isEqualTo("compatible");
    assertThat(compared.at("/contract/changes").list()).isEmpty();
    assertThat(compared.at("/forest/champion/trees").whole()).isEqualTo(20);
    assertThat(compared.at("/forest/challenger/trees").whole()).isEqualTo(30);
    assertThat(compared.at("/forest/challenger/leaves").whole()).isGreaterThan(60);
    Node data = compared.at("/data");
    assertThat(data.at("/rows").whole()).isEqualTo(ROWS);
    assertThat(data.at("/neither").whole()).isEqualTo(1);
    assertThat(data.at("/ks").number()).isBetween(0.0, 0.3);
    assertThat(data.at("/psi").number()).isPositive();
    assertThat(data.at("/flips/share").number()).isEqualTo(data.at("/flips/rows").number() / ROWS);

    float[] before = scores(champion);
    float[] now = scores(challenger);
    int largest = 0;
    int up = 0;
    for (int row = 0; row < ROWS; row++) {
      largest =
          Math.abs(now[row] - before[row]) > Math.abs(now[largest] - before[largest])
              ? row
              : largest;
      up += before[row] <= 0.25f && now[row] > 0.25f ? 1 : 0;
    }

    assertThat(data.at("/flips/up").whole()).isEqualTo(up);
    assertThat(data.at("/difference/max").number())
        .isEqualTo((float) Math.abs((double) now[largest] - before[largest]));
    assertThat(compared.at("/movers").list()).hasSize(5);
    Node mover = compared.at("/movers/0");
    assertThat(mover.at("/key/id").text()).isEqualTo(String.valueOf(largest));
    assertThat((float) mover.at("/challenger/score").number()).isEqualTo(now[largest]);
    assertThat(mover.at("/fields").list()).hasSize(4);
    double explained =
        mover.at("/base_change").number()
            + mover.at("/rest_change").number()
            + mover.at("/fields").list().stream()
                .mapToDouble(field -> new Node(field).at("/change").number())
                .sum();
    assertThat(explained).isCloseTo(mover.at("/margin_change").number(), Offset.offset(1e-4));

    assertThat(compared.at("/by/column").text()).isEqualTo("shop");
    assertThat(compared.at("/by/slices").list()).hasSize(3);
    assertThat(compared.at("/by/slices/2/value").text()).isEqualTo("(missing)");
    assertThat(compared.at("/by/slices/2/rows").whole()).isEqualTo(ROWS / 3);
  }

  @Test
  void aModelIsADropInForItself() throws Exception {
    Node compared = json(0, "diff", champion, champion, "--input", rows, "--top", 1);

    Node data = compared.at("/data");
    assertThat(data.at("/equal_bits").whole()).isEqualTo(ROWS);
    assertThat(data.at("/difference/max").number()).isZero();
    assertThat(data.at("/ks").number()).isZero();
    assertThat(data.at("/psi").number()).isZero();
    assertThat(data.at("/flips/rows").whole()).isZero();
    assertThat(compared.at("/movers").list()).isEmpty();
  }

  @Test
  void withoutRowsTheContractAndTheForestsAreCompared() throws Exception {
    Path reasons = packages.reasons();

    String text = run(7, "diff", champion, reasons);

    assertThat(text)
        .contains("parcel-late/1 (", "-> parcel-reasons/1 (")
        .contains("No drop-in: tables breaking, http breaking")
        .contains("output_renamed late: to '0'")
        .contains("note              note              group_changed carrier")
        .contains("trees         20\n")
        .doesNotContain("ROWS");
    assertThat(run(7, "diff", champion, reasons, "--face", "tables")).contains("No drop-in");
    assertThat(json(7, "diff", champion, reasons).at("/data").value()).isNull();
  }

  @Test
  void fieldsMoveRowsByThemselvesAlsoWhereAModelHasGroupsOfThem() throws Exception {
    Path few = Files.write(directory.resolve("few.csv"), Files.readAllLines(rows).subList(0, 500));

    Node grouped = json(7, "diff", champion, packages.reasons(), "--input", few, "--top", 3);

    for (Object mover : grouped.at("/movers").list()) {
      assertThat(new Node(mover).at("/fields").list())
          .isNotEmpty()
          .allSatisfy(
              field ->
                  assertThat(TestRecords.COLUMNS).contains(new Node(field).at("/field").text()));
    }
  }

  /** Scores of a model that reads less and refuses more. */
  @Test
  void rowsDecideWhetherANarrowerContractBreaksAnything() throws Exception {
    byte[] file = Files.readAllBytes(packages.bareWideModel(3, 9, 3));
    String before =
        """
        {"features": [
          {"name": "f0", "type": "number"}, {"name": "f1", "type": "number"},
          {"name": "f2", "type": "number"}]}""";
    Path one = packages.sealNumbers("numbers", 1, file, before);
    Path narrower =
        packages.sealNumbers(
            "numbers",
            2,
            file,
            before.replace(
                "\"f1\", \"type\": \"number\"", "\"f1\", \"type\": \"number\", \"max\": 9"));
    Path fits = Files.write(directory.resolve("fits.csv"), List.of("f0,f1,f2", "1,2,3", "1,9,3"));
    Path exceeds =
        Files.write(
            directory.resolve("exceeds.csv"), List.of("f0,f1,f2", "1,2,3", "1,10,3", "x,11,3"));

    assertThat(json(7, "diff", one, narrower).at("/contract/tables").text())
        .isEqualTo("breaking_by_data");
    Node harmless = json(0, "diff", one, narrower, "--input", fits);
    assertThat(harmless.at("/contract/tables").text()).isEqualTo("compatible");
    assertThat(harmless.at("/contract/changes/0/change").text()).isEqualTo("max_narrowed");
    assertThat(harmless.at("/contract/changes/0/tables").text()).isEqualTo("breaking_by_data");
    assertThat(harmless.at("/contract/changes/0/rows").whole()).isZero();
    Node harmful = json(7, "diff", one, narrower, "--input", exceeds);
    assertThat(harmful.at("/contract/http").text()).isEqualTo("breaking");
    assertThat(harmful.at("/contract/changes/0/rows").whole()).isEqualTo(1);
    assertThat(harmful.at("/data/only_champion").whole()).isEqualTo(1);
    assertThat(harmful.at("/data/neither").whole()).isEqualTo(1);
    assertThat(harmful.at("/data/refused/0/field").text()).isEqualTo("f1");
    assertThat(run(7, "diff", one, narrower, "--input", exceeds))
        .contains("max_narrowed f1: from none to 9.0 (1 rows)")
        .contains("numbers/2 refuses 1 rows: out_of_range f1");
  }

  @Test
  void everyKindOfOutputIsCompared() throws Exception {
    Path scores = packages.classes();
    Path index = packages.classIndex();
    for (Path model : List.of(scores, index)) {
      Node compared = json(0, "diff", model, model, "--input", rows, "--by", "shop");

      assertThat(compared.at("/data/outputs").list()).hasSize(3);
      assertThat(compared.at("/data/equal_bits").whole()).isEqualTo(ROWS);
      assertThat(compared.at("/data/flips/share").number()).isZero();
      assertThat(run(0, "diff", model, model, "--input", rows, "--by", "shop"))
          .contains("ROWS OF shop = s1")
          .contains("flips         0 rows, 0.000 %");
    }

    Node compared = json(7, "diff", scores, index, "--input", rows);
    assertThat(compared.at("/data/of").text()).isEqualTo("margins");
    assertThat(compared.at("/data/outputs").value()).isNull();
  }

  @Test
  void whatCannotBeComparedIsRefusedInASentence() throws Exception {
    run(2, "diff", champion);
    run(2, "diff", champion, champion, "--keys", "id");
    assertThat(err.toString()).contains("Cannot use --keys or --by without --input");
    run(2, "diff", champion, champion, "--input", rows, "--keys", "id,id");
    run(2, "diff", champion, champion, "--input", rows, "--top", "-1");
    run(3, "diff", champion, champion, "--input", rows, "--keys", "nobody");
    assertThat(err.toString()).contains("its header has no column 'nobody'");
    run(3, "diff", champion, champion, "--input", directory.resolve("none.csv"));
    Path few = Files.write(directory.resolve("few.csv"), List.of("distance,weight"));
    run(3, "diff", champion, champion, "--input", few);
    assertThat(err.toString()).contains("which parcel-late/1 reads");
    Path header = Files.write(directory.resolve("header.csv"), List.of(header()));
    run(3, "diff", champion, champion, "--input", header);
    assertThat(err.toString()).contains("neither scores any of its 0 rows");
    run(6, "diff", champion, few);
  }

  private String header() throws Exception {
    return String.join(
        ",",
        Opening.open(champion.toString(), EngineKind.FOREST).schema().fields().stream()
            .map(Field::column)
            .toList());
  }
}
