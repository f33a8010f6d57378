package io.paritree.model.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.Country;
import io.paritree.model.TestPackages;
import io.paritree.model.TestRecords;
import io.paritree.model.layout.PackageFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What commands print and write is read by scripts, and the same in every country. */
class CountriesTest {
  @TempDir Path directory;

  @Test
  void otherCountriesWriteNumbersAndLettersInOtherWays() throws Exception {
    assertThat(Country.in("fa-IR", () -> "%d".formatted(7))).isEqualTo("۷");
    assertThat(Country.in("ar-EG", () -> "%.1f".formatted(0.5))).isEqualTo("٠٫٥");
    assertThat(Country.in("tr-TR", () -> "i".toUpperCase())).isEqualTo("İ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"fa-IR", "ar-EG", "tr-TR"})
  void commandsPrintAndWriteTheSame(String language) throws Exception {
    String expected = everything(Files.createDirectories(directory.resolve("one")));

    Path other = Files.createDirectories(directory.resolve("two"));

    assertThat(Country.in(language, () -> everything(other))).isEqualTo(expected);
  }

  /** Returns what all commands print and write, without times, digests and the directory. */
  private static String everything(Path in) throws IOException {
    String model = new TestPackages(in).bareParcelModel().toString();
    Path schema = in.resolve("schema.json");
    Files.writeString(
        schema,
        TestRecords.SCHEMA.formatted(
            ", \"outputs\": {\"names\": [\"late\"], \"classes\": [\"in\", \"out\"]}"));
    List<String> lines = new ArrayList<>(List.of(TestRecords.csvHeader()));
    for (int row = 0; row < 300; row++) {
      lines.add(TestRecords.csvLine(row));
    }

    lines.add("9,9999999,\"\u0007x\u2028\",II,1,now"); // faults of each kind, and escapes
    String rows = Files.write(in.resolve("rows.csv"), lines).toString();
    Path record = Files.writeString(in.resolve("record.json"), TestRecords.json(1));
    Path store = in.resolve("store");
    String version = store.resolve("parcel/1").toString();
    StringBuilder all = new StringBuilder();
    for (String command :
        List.of(
            "schema --model %s --rows %s".formatted(model, rows),
            "seal --model %s --schema %s --name parcel --store %s --rows %s --alias champion --unchecked"
                .formatted(model, schema, store, rows),
            "inspect --model " + version,
            "inspect --model " + version + " --format JSON",
            "verify --model %s --rows %s".formatted(version, rows),
            "predict --model %s --input %s --output %s/scores.csv".formatted(version, rows, in),
            "explain --model %s --record %s".formatted(version, record),
            "explain --model %s --record %s --exact".formatted(version, record),
            "importance --model %s --rows %s".formatted(version, rows),
            "alias --store %s --name parcel --version 1".formatted(store),
            "list --store " + store)) {
      all.append(command).append(": ").append(run(command.split(" ")));
    }

    for (Path file :
        List.of(
            in.resolve("scores.csv"),
            store.resolve("parcel/aliases/champion"),
            store.resolve("parcel/1").resolve(PackageFiles.MANIFEST),
            store.resolve("parcel/1").resolve(PackageFiles.GOLDEN_ROWS))) {
      all.append(Files.readString(file, StandardCharsets.UTF_8));
    }

    return all.toString()
        .replace(in.toString(), "DIR")
        .replaceAll("20\\d\\d-\\d\\d-\\d\\dT[0-9:.]+Z", "TIME")
        .replaceAll("[0-9a-f]{64}", "DIGEST");
  }

  private static String run(String... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exitCode = ModelMain.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
    return "%s %s %s\n".formatted(exitCode, out, err);
  }
}
