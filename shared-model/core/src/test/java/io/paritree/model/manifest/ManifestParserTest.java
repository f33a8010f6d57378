package io.paritree.model.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.CorruptModelException;
import io.paritree.feature.Schema;
import io.paritree.xgboost.RecordedCategories;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A manifest is read as it is written, and everything else is refused with its place. */
class ManifestParserTest {
  private static final String WHOLE =
      """
      {
        "format": 1, "name": "parcel", "version": 3, "model": "model.ubj",
        "rounds": {"end": 20, "why": "all"},
        "features": [
          {"name": "n", "type": "number", "missing": [-999, "none"], "min": 0.1, "max": 5e3,
           "nullable": false},
          {"name": "b", "type": "boolean", "column": "B"},
          {"name": "t", "type": "category", "categories": ["x", "y"], "unseen": {"as": "y"}},
          {"name": "i", "type": "category", "categories": [3, 1], "unseen": {"as": 3}},
          {"name": "m", "type": "category", "missing": [""]},
          {"name": "r", "type": "category", "unseen": "reject"},
          {"name": "h", "type": "minute_of_day", "column": "at", "zone": "Europe/Berlin"}
        ],
        "outputs": {"names": ["late"], "threshold": 0.3, "classes": ["no", "yes"]},
        "provenance": {
          "sealed_at": "2026-01-31T12:00:00Z", "trained_on": "parcels", "training_rows": 12,
          "metrics": {"auc": 0.75, "trees": 20}, "libraries": {"paritree": "1"},
          "golden_rows": "rows", "compared_with_trainer": {"rows": 5, "max_ulps": 1}
        },
        "notes": "\\u0000 is escaped, ü is not"
      }
      """;

  @Test
  void whatIsWrittenIsReadAgain() throws Exception {
    Manifest manifest = parse(WHOLE);
    byte[] written = ManifestWriter.toJson(manifest);
    Manifest again = ManifestParser.fromJson("again", written);

    assertThat(ManifestWriter.toJson(again)).isEqualTo(written);
    assertThat(again.provenance()).isEqualTo(manifest.provenance());
    assertThat(again.notes()).isEqualTo("\u0000 is escaped, ü is not");
    assertThat(again.schema().outputs()).isEqualTo(manifest.schema().outputs());
    assertThat(new String(written, StandardCharsets.UTF_8))
        .contains("\"min\":0.1,\"max\":5000")
        .contains(
            "{\"name\":\"i\",\"type\":\"category\",\"categories\":[3,1],\"unseen\":{\"as\":\"3\"}}")
        .contains("{\"name\":\"m\",\"type\":\"category\",\"missing\":[\"\"]}");
  }

  @Test
  void groupsAndReasonsAreWrittenAndReadAgainAsFormat2() throws Exception {
    String document =
        WHOLE
            .replace("\"format\": 1", "\"format\": 2")
            .replace("\"column\": \"B\"", "\"reason\": \"never\"")
            .replace(
                "\"missing\": [\"\"]",
                "\"group\": \"g\", \"reason\": {\"up\": {\"code\": \"R7\", \"text\": \"High\"}}");
    Manifest manifest = parse(document);
    byte[] written = ManifestWriter.toJson(manifest);

    assertThat(ManifestParser.fromJson("again", written).schema().reasons())
        .isEqualTo(manifest.schema().reasons());
    assertThat(new String(written, StandardCharsets.UTF_8))
        .contains("\"format\": 2")
        .contains("{\"name\":\"b\",\"type\":\"boolean\",\"reason\":\"never\"}")
        .contains("\"group\":\"g\",\"reason\":{\"up\":{\"code\":\"R7\",\"text\":\"High\"}}}");
    assertThat(new String(ManifestWriter.toJson(parse(WHOLE)), StandardCharsets.UTF_8))
        .contains("\"format\": 1");
  }

  @Test
  void offsetsAreWrittenAndReadAgainAsFormat2() throws Exception {
    String offsets =
        """
        "features": [
          {"name": "x", "type": "number"},
          {"name": "e", "type": "number", "role": "offset", "missing": [-1], "max": 9},
          {"name": "p", "type": "number", "role": "offset", "column": "P", "default": -0.5},""";
    SchemaForm form =
        SchemaParser.fromJson(
            "schema",
            "{%s]}".formatted(offsets.replaceFirst(",$", "")).getBytes(StandardCharsets.UTF_8));
    Schema schema = form.schema("schema", slot -> Optional.empty());
    Manifest whole = parse(WHOLE);
    Manifest manifest =
        new Manifest(
            "m",
            1,
            "f",
            1,
            "all",
            form,
            whole.provenance(),
            Optional.empty(),
            Optional.empty(),
            false,
            "");
    String written = new String(ManifestWriter.toJson(manifest), StandardCharsets.UTF_8);

    assertThat(schema.modelWidth()).isEqualTo(1);
    assertThat(schema.offsets().get(0).nullable()).isFalse();
    assertThat(schema.offsetsWhereMissing()).containsExactly(Float.NaN, -0.5f);
    assertThat(written)
        .contains("\"format\": 2")
        .contains(
            "{\"name\":\"e\",\"type\":\"number\",\"role\":\"offset\",\"max\":9,\"missing\":[-1]}")
        .contains("\"column\":\"P\",\"role\":\"offset\",\"default\":-0.5}");
    assertThat(new String(ManifestWriter.toJson(parse(written)), StandardCharsets.UTF_8))
        .isEqualTo(written);
    assertThatThrownBy(() -> parse(written.replace("\"format\": 2", "\"format\": 1")))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("got 1, expected at least 2")
        .hasMessageContaining("'role'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"role\": \"weight\" | 'weight', expected one of [offset]",
        "\"role\": \"offset\", \"nullable\": true | offset 'e' cannot have [nullable]",
        "\"role\": \"offset\", \"group\": \"g\" | offset 'e' cannot have [group]",
        "\"default\": 0 | feature 'e' of type 'number' cannot have [default]",
        "\"role\": \"offset\", \"default\": 1e39 | not finite as a float",
        "\"role\": \"offset\", \"default\": null | expected a number",
      })
  void anOffsetHasItsOwnKeys(String keys, String said) {
    String schema =
        "{\"features\": [{\"name\": \"x\", \"type\": \"number\"}, {\"name\": \"e\", \"type\": \"number\", %s}]}"
            .formatted(keys);

    assertThatThrownBy(
            () -> SchemaParser.fromJson("schema", schema.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining(said);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "number, \"role\": \"offset\"| number | comes before features of the model",
        "number, \"role\": \"offset\"| number, \"role\": \"offset\" | without features"
      })
  void offsetsFollowTheFeaturesOfTheModel(String first, String second, String said)
      throws Exception {
    String schema =
        "{\"features\": [{\"name\": \"e\", \"type\": %s}, {\"name\": \"x\", \"type\": %s}]}"
            .formatted(
                first.replace("number", "\"number\""), second.replace("number", "\"number\""));
    SchemaForm form = SchemaParser.fromJson("schema", schema.getBytes(StandardCharsets.UTF_8));

    assertThatThrownBy(() -> form.schema("schema", slot -> Optional.empty()))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining(said);
  }

  @Test
  void featuresOfOneGroupCannotHaveDifferentReasons() throws Exception {
    String document =
        WHOLE
            .replace("\"format\": 1", "\"format\": 2")
            .replace("\"column\": \"B\"", "\"group\": \"t\", \"reason\": \"never\"")
            .replace(
                "\"unseen\": {\"as\": \"y\"}",
                "\"unseen\": {\"as\": \"y\"}, \"reason\": {\"up\": {\"code\": \"R7\"}}");
    Manifest manifest = parse(document);

    assertThatThrownBy(
            () ->
                manifest
                    .schema()
                    .schema(
                        "paritree.json",
                        slot -> Optional.of(new RecordedCategories.Texts(List.of("v")))))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("'reason' of feature 't'")
        .hasMessageContaining("feature 'b'");
  }

  @Test
  void aCategoryWithoutAnyVocabularyCannotHaveARuleForUnseenValues() throws Exception {
    Manifest manifest = parse(WHOLE);

    assertThatThrownBy(() -> manifest.schema().schema("paritree.json", slot -> Optional.empty()))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("paritree.json at /features/5")
        .hasMessageContaining("'unseen' of feature 'r'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"format\": 1 | \"format\": 5 | /format | got 5 | a whole number from 1 to 4",
        "\"column\": \"B\" | \"column\": \"B\", \"group\": \"g\" | /format | got 1 | at least 2",
        "\"column\": \"B\" | \"reason\": \"ever\" | /features/1/reason | 'ever' | never",
        "\"column\": \"B\" | \"reason\": {} | /features/1/reason | without a code | 'up', 'down'",
        "\"column\": \"B\" | \"reason\": {\"up\": {\"text\": \"t\"}} | /features/1/reason/up | without [code] | these keys",
        "\"version\": 3 | \"version\": 0 | /version | got 0 | a whole number from 1 to 999999999",
        "\"version\": 3 | \"version\": 3.0 | /version | got 3.0 | a whole number",
        "\"name\": \"parcel\" | \"name\": \"../up\" | /name | '../up' | 1 to 64",
        "\"name\": \"parcel\" | \"name\": \"..\" | /name | '..' | 1 to 64",
        "\"notes\": | \"note\": | /note | unknown key 'note' | did you mean 'notes'?",
        "\"version\": 3 | \"version\": 3, \"version\": 3 | /version | the key 'version' | each key once",
        "\"min\": 0.1 | \"min\": \"0.1\" | /features/0/min | the text '0.1' | a number",
        "\"min\": 0.1 | \"min\": 1e39 | /features/0/min | got 1e39 | finite as a float",
        "\"min\": 0.1 | \"min\": 6000 | /features/0 | bounds 6000.0 to 5000.0 | feature 'n'",
        "\"min\": 0.1 | \"mim\": 0.1 | /features/0/mim | unknown key 'mim' | did you mean 'min'?",
        "\"type\": \"boolean\" | \"type\": \"bool\" | /features/1/type | 'bool' | boolean, category",
        "\"type\": \"boolean\" | \"type\": \"boolean\", \"min\": 1 | /features/1 | cannot have [min] | feature 'b' of type 'boolean'",
        "[\"x\", \"y\"] | [\"x\", 1] | /features/2/categories/1 | got 1 | all text or all whole numbers",
        "[\"x\", \"y\"] | [\"y\", \"y\"] | /features/2 | 'y' occurs twice | vocabulary",
        "[\"x\", \"y\"] | [] | /features/2/categories | got no category | at least one",
        "{\"as\": \"y\"} | {\"as\": \"z\"} | /features/2 | 'z' | not in the vocabulary",
        "{\"as\": \"y\"} | \"mising\" | /features/2/unseen | 'mising' | 'missing', 'reject'",
        "\"Europe/Berlin\" | \"Berlin\" | /features/6/zone | 'Berlin' | a time zone",
        "{\"name\": \"b\" | {\"name\": \"n\" | /features | 'n' occurs twice | schema",
        "\"threshold\": 0.3 | \"threshold\": null | /outputs/threshold | got null | a number",
        "\"golden_rows\": \"rows\" | \"golden_rows\": \"some\" | /provenance/golden_rows | 'some' | 'rows' or 'generated'",
        "\"2026-01-31T12:00:00Z\" | \"yesterday\" | /provenance/sealed_at | 'yesterday' | a time such as",
        "\"notes\": | \"importance\": {\"rows\": 1, \"fields\": []}, \"notes\": | /format | got 1 | at least 2, because it has 'importance' or 'sealed_rows'",
        "\"notes\": | \"importance\": {\"rows\": 0, \"fields\": []}, \"notes\": | /importance/rows | got 0 | a whole number from 1",
        "\"notes\": | \"sealed_rows\": {\"rows\": 0, \"features\": []}, \"notes\": | /sealed_rows/rows | got 0 | a whole number from 1",
        "\"notes\": | \"sealed_rows\": {\"rows\": 9, \"features\": [{\"feature\": \"a\", \"missing\": -1, \"unseen\": 0}]}, \"notes\": | /sealed_rows/features/0/missing | got -1 | a whole number from 0",
        "\"end\": 20, | `` | /rounds | without [end] | these keys: [end, why]",
        "\"notes\": | \"notes\" | /notes | not well-formed | colon",
      })
  void whatIsWrongIsRefusedWithItsPlace(
      String part, String changed, String place, String got, String expected) {
    String document =
        WHOLE.replaceFirst(
            Pattern.quote(part), Matcher.quoteReplacement(changed == null ? "" : changed));
    assertThat(document).isNotEqualTo(WHOLE);

    assertThatThrownBy(
            () ->
                parse(document)
                    .schema()
                    .schema(
                        "paritree.json",
                        slot -> Optional.of(new RecordedCategories.Texts(List.of("v")))))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("paritree.json at " + place)
        .hasMessageContaining(got)
        .hasMessageContaining(expected);
  }

  @Test
  void nothingMayFollowTheDocument() {
    assertThatThrownBy(() -> parse(WHOLE + "{}"))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("the end of the document");
  }

  @Test
  void textThatIsNotUtf8IsRefused() {
    byte[] document = WHOLE.getBytes(StandardCharsets.ISO_8859_1);

    assertThatThrownBy(() -> ManifestParser.fromJson("paritree.json", document))
        .isInstanceOf(CorruptModelException.class)
        .hasMessage("Cannot read paritree.json: it is not UTF-8");
  }

  private static Manifest parse(String document) throws CorruptModelException {
    return ManifestParser.fromJson("paritree.json", document.getBytes(StandardCharsets.UTF_8));
  }
}
