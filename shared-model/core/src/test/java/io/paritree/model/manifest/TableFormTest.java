package io.paritree.model.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.paritree.CorruptModelException;
import io.paritree.feature.Faults;
import io.paritree.feature.Feature;
import io.paritree.feature.Schema;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Features of format 4 are read as they are written, and refused with their place. */
class TableFormTest {
  private static final String DIGEST = "0123456789abcdef".repeat(4);

  private static SchemaForm form(String features) throws CorruptModelException {
    String schema = "{\"features\": [%s]}".formatted(features);
    return SchemaParser.fromJson("schema.json", schema.getBytes(StandardCharsets.UTF_8));
  }

  private static Feature feature(String json) throws Exception {
    Schema schema = form(json).schema("schema.json", slot -> Optional.empty());
    return schema.features().get(0);
  }

  private static String manifest(int format, String features, String more) {
    return """
        {"format": %s, "name": "m", "version": 1, "model": "model.ubj",
         "rounds": {"end": 1, "why": "all"}, "features": [%s], %s
         "provenance": {"sealed_at": "2026-01-31T12:00:00Z", "golden_rows": "rows"}}"""
        .formatted(format, features, more);
  }

  private static Manifest parse(String manifest) throws CorruptModelException {
    return ManifestParser.fromJson("paritree.json", manifest.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"name\":\"car\",\"type\":\"mapped\",\"column\":\"purpose\",\"values\":[[\"car\",1]],\"other\":0,\"if_missing\":0}",
        "{\"name\":\"te\",\"type\":\"mapped\",\"values\":[[10,0.3125],[20,0.07]],\"other\":\"reject\"}",
        "{\"name\":\"b\",\"type\":\"mapped\",\"values\":[[true,2],[false,null]],\"other\":\"missing\"}",
        "{\"name\":\"weekend\",\"type\":\"mapped\",\"of\":\"day_of_week\",\"zone\":\"Europe/Berlin\",\"values\":[[6,1],[7,1]],\"other\":0}",
        "{\"name\":\"gap\",\"type\":\"mapped\",\"column\":\"income\",\"values\":[],\"other\":0,\"if_missing\":1,\"missing\":[-999,\"NA\"]}",
        "{\"name\":\"log\",\"type\":\"steps\",\"column\":\"income\",\"of\":\"double\",\"steps\":[[null,7.31],[1500.5,7.314],[20000.000000000004,9.9],[1000000000,\"reject\"]],\"if_missing\":0.0132}",
        "{\"name\":\"f\",\"type\":\"steps\",\"of\":\"float\",\"steps\":[[null,\"reject\"],[0.1,null]],\"min\":-5,\"max\":1000000}",
        "{\"name\":\"w\",\"type\":\"steps\",\"of\":\"whole\",\"steps\":[[null,0],[-3,1]],\"nullable\":false}",
        "{\"name\":\"age\",\"type\":\"steps\",\"of\":\"local\",\"zone\":\"UTC\",\"steps\":[[null,812],[\"2024-03-01T00:00:00.000001\",640],[\"2024-03-02T00:00\",1]]}",
        "{\"name\":\"since\",\"type\":\"steps\",\"of\":\"instant\",\"steps\":[[null,1],[\"2024-03-01T00:00:00Z\",0]]}",
        "{\"name\":\"loan\",\"type\":\"number\",\"if_missing\":-1.5,\"missing\":[0]}",
        "{\"name\":\"w\",\"type\":\"week\",\"column\":\"at\"}",
        "{\"name\":\"d\",\"type\":\"day_of_year\",\"column\":\"at\"}"
      })
  void whatIsWrittenIsReadAgainAndNeedsFormat4(String json) throws Exception {
    Manifest manifest = parse(manifest(4, json, ""));
    byte[] written = ManifestWriter.toJson(manifest);

    assertThat(new String(written, StandardCharsets.UTF_8))
        .contains("\"format\": 4")
        .contains(json);
    assertThat(ManifestWriter.toJson(ManifestParser.fromJson("again", written))).isEqualTo(written);
    assertThatThrownBy(() -> parse(manifest(3, json, "")))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("paritree.json at /format: got 3, expected 4");
  }

  @Test
  void aPackageOfFormat4SaysWhetherItHasAReference() throws Exception {
    String json = "{\"name\":\"w\",\"type\":\"week\",\"column\":\"at\"}";
    Manifest with = parse(manifest(4, json, "\"reference\": true,"));

    assertThat(with.hasReference()).isTrue();
    assertThat(parse(manifest(4, json, "")).hasReference()).isFalse();
    assertThat(new String(ManifestWriter.toJson(with), StandardCharsets.UTF_8))
        .contains("\"reference\": true");
    assertThatThrownBy(() -> parse(manifest(3, json, "\"reference\": true,")))
        .hasMessageContaining("/format: got 3, expected 4");
  }

  @Test
  void theModelFileThatItWasMadeForIsKeptAndCompared() throws Exception {
    String number = "{\"name\":\"n\",\"type\":\"number\"}";
    String madeFor = "\"made_for\": \"%s\",".formatted(DIGEST);
    Manifest manifest = parse(manifest(4, number, madeFor));

    assertThat(manifest.format()).isEqualTo(4);
    assertThat(new String(ManifestWriter.toJson(manifest), StandardCharsets.UTF_8))
        .contains("\"made_for\": \"%s\"".formatted(DIGEST));
    manifest.schema().checkMadeFor("paritree.json", DIGEST);
    assertThatThrownBy(() -> manifest.schema().checkMadeFor("paritree.json", "f".repeat(64)))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("made for the model file with SHA-256 " + DIGEST);
    assertThatThrownBy(() -> parse(manifest(4, number, "\"made_for\": \"model.ubj\",")))
        .hasMessageContaining("/made_for")
        .hasMessageContaining("64 hexadecimal digits");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "mapped | \"values\": [[\"a\", 1], [\"a\", 2]] | /features/0/values/1/0 | each value once",
        "mapped | \"values\": [[\"a\", 1], [2, 2]] | /features/0/values/1/0 | all text, all whole numbers",
        "mapped | \"values\": [[1.5, 1]] | /features/0/values/0/0 | a whole number",
        "mapped | \"values\": [[\"a\"]] | /features/0/values/0 | a pair",
        "mapped | \"values\": [[\"a\", 1, 2]] | /features/0/values/0/2 | a pair",
        "mapped | \"values\": [[\"a\", \"b\"]] | /features/0/values/0/1 | a number, null or 'reject'",
        "mapped | \"values\": [[\"a\", 1e39]] | /features/0/values/0/1 | finite as a float",
        "mapped | \"values\": [[\"a\", 1]], \"other\": \"b\" | /features/0/other | 'missing' or 'reject'",
        "mapped | \"values\": [[\"a\", 1]], \"other\": null | /features/0/other | 'missing' or 'reject'",
        "mapped | \"values\": [] | /features/0 | it has no value, and refuses all others",
        "mapped | \"other\": 1 | /features/0 | without 'values'",
        "mapped | \"values\": [[\"a\", 1]], \"of\": \"week\" | /features/0 | a part of a timestamp is a whole number",
        "mapped | \"values\": [[1, 1]], \"of\": \"double\" | /features/0 | expected one of [day_of_month",
        "mapped | \"values\": [[1, 1]], \"of\": \"days\" | /features/0/of | one of [day_of_month",
        "mapped | \"values\": [[1, 1]], \"zone\": \"UTC\" | /features/0 | reads no part of a timestamp",
        "mapped | \"values\": [[1, 1]], \"min\": 1 | /features/0 | cannot have [min]",
        "mapped | \"values\": [[1, 1]], \"if_missing\": \"a\" | /features/0/if_missing | a number or null",
        "mapped | \"values\": [[1, 1]], \"nullable\": false, \"if_missing\": 1 | /features/0 | must not be missing",
        "mapped | \"valeus\": [[1, 1]] | /features/0/valeus | did you mean 'values'?",
        "mapped | \"values\": [[\"a\", 1]], \"missing\": [1] | /features/0 | give them as text",
        "steps | \"of\": \"double\", \"steps\": [] | /features/0/steps | got no step",
        "steps | \"of\": \"double\", \"steps\": [[1, 1]] | /features/0/steps/0/0 | null, where the first step begins",
        "steps | \"of\": \"double\", \"steps\": [[null, 1], [null, 2]] | /features/0/steps/1/0 | where the step begins",
        "steps | \"of\": \"double\", \"steps\": [[null, 1], [2, 2], [2, 3]] | /features/0/steps/2/0 | more than 2.0",
        "steps | \"of\": \"double\", \"steps\": [[null, 1], [2, 2], [\"2024-01-01\", 3]] | /features/0/steps/2/0 | all at times",
        "steps | \"of\": \"double\", \"steps\": [[null, 1], [\"2024-01-01\", 3]] | /features/0 | none of 'double'",
        "steps | \"of\": \"local\", \"steps\": [[null, 1], [3, 3]] | /features/0 | none of 'local'",
        "steps | \"of\": \"local\", \"steps\": [[null, 1], [\"soon\", 3]] | /features/0/steps/1/0 | a time such as",
        "steps | \"of\": \"local\", \"steps\": [[null, 1], [\"2024-01-02\", 3], [\"2024-01-01\", 4]] | /features/0/steps/2/0 | a later time than 2024-01-02",
        "steps | \"of\": \"local\", \"steps\": [[null, 1], [\"2024-01-02T00:00Z\", 3]] | /features/0 | none of 'local'",
        "steps | \"of\": \"instant\", \"steps\": [[null, 1], [\"2024-01-02\", 3]] | /features/0 | none of 'instant'",
        "steps | \"of\": \"instant\", \"zone\": \"UTC\", \"steps\": [[null, 1]] | /features/0 | only steps of local times",
        "steps | \"of\": \"whole\", \"steps\": [[null, 1], [0.5, 3]] | /features/0 | none of 'whole'",
        "steps | \"of\": \"local\", \"min\": 1, \"steps\": [[null, 1]] | /features/0 | bounds of numbers",
        "steps | \"of\": \"float\", \"steps\": [[null, 1], [0.1, 2], [0.10000000000000001, 3]] | /features/0/steps/2/0 | more than 0.1",
        "steps | \"of\": \"week\", \"steps\": [[null, 1]] | /features/0 | expected one of [double",
        "steps | \"steps\": [[null, 1]] | /features/0 | got nothing as 'of'",
        "number | \"steps\": [[null, 1]] | /features/0 | cannot have [steps]",
        "boolean | \"if_missing\": 1 | /features/0 | cannot have [if_missing]",
      })
  void whatIsWrongIsRefusedWithItsPlace(String type, String members, String place, String said) {
    String json = "{\"name\": \"f\", \"type\": \"%s\", %s}".formatted(type, members);

    assertThatThrownBy(() -> feature(json))
        .isInstanceOf(CorruptModelException.class)
        .hasMessageContaining("schema.json at " + place)
        .hasMessageContaining(said);
  }

  @Test
  void tablesAndStepsHaveAMostLength() {
    String values =
        String.join(",", IntStream.range(0, 10_001).mapToObj("[%s,1]"::formatted).toList());
    String steps =
        String.join(",", IntStream.range(0, 20_000).mapToObj("[%s,1]"::formatted).toList());

    assertThatThrownBy(
            () -> feature("{\"name\":\"f\",\"type\":\"mapped\",\"values\":[%s]}".formatted(values)))
        .hasMessageContaining("/features/0/values/10000")
        .hasMessageContaining("more than 10000 values");
    assertThatThrownBy(
            () ->
                feature(
                    "{\"name\":\"f\",\"type\":\"steps\",\"of\":\"double\",\"steps\":[[null,1],%s]}"
                        .formatted(steps)))
        .hasMessageContaining("/features/0/steps/20000")
        .hasMessageContaining("more than 20000 steps");
  }

  @Test
  void slotsAreTheNearestFloatsOfTheirTexts() throws Exception {
    Feature feature =
        feature(
            "{\"name\":\"f\",\"type\":\"mapped\",\"values\":[[\"a\",0.1],[\"b\",-0.0],[\"c\",3.4e38]]}");
    Faults faults = new Faults();

    assertThat(feature.text("a".getBytes(StandardCharsets.UTF_8), 0, 1, faults)).isEqualTo(0.1f);
    assertThat(Float.floatToRawIntBits(feature.text(new byte[] {'b'}, 0, 1, faults))).isZero();
    assertThat(feature.text(new byte[] {'c'}, 0, 1, faults)).isEqualTo(3.4e38f);
    assertThat(faults.isEmpty()).isTrue();
  }
}
