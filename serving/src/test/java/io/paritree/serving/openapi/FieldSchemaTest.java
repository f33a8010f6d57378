package io.paritree.serving.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.paritree.Seed;
import io.paritree.feature.Faults;
import io.paritree.feature.Feature;
import io.paritree.feature.IntegerCategoryFeature;
import io.paritree.feature.NumberFeature;
import io.paritree.feature.Schema;
import io.paritree.feature.Sentinels;
import io.paritree.feature.TextCategoryFeature;
import io.paritree.feature.TimestampFeature;
import io.paritree.feature.TimestampPart;
import io.paritree.feature.Unseen;
import io.paritree.json.JsonText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A field's schema is one plain type, and does not refuse what the field accepts. */
class FieldSchemaTest {
  private static final ObjectMapper READER = new ObjectMapper();

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void patternFitsEveryTimestampThatIsRead(boolean zone) throws Exception {
    TimestampFeature feature =
        new TimestampFeature(
            "at",
            "at",
            TimestampPart.HOUR,
            zone ? Optional.of(ZoneId.of("Europe/Berlin")) : Optional.empty(),
            Sentinels.of(List.of("", "n.a.", "(none)|^$")),
            true);
    Pattern pattern = Pattern.compile(schema(feature).path("pattern").asText());
    long seed = Seed.next();
    Random random = new Random(seed);
    String[] parts = {
      "2026-01-15", "T", " ", "08:30", ":59", ".123456789", "Z", "+05", ":30", "-18"
    };
    int read = 0;
    for (int trial = 0; trial < 20_000; trial++) {
      StringBuilder text = new StringBuilder("2026-01-15");
      for (int part = random.nextInt(5); part > 0; part--) {
        text.append(parts[random.nextInt(parts.length)]);
      }

      if (reads(feature, text.toString())) {
        read++;
        assertThat(pattern.matcher(text).matches()).as("%s, seed %s", text, seed).isTrue();
      }
    }

    assertThat(read).isGreaterThan(100);
    for (String missing : List.of("", "n.a.", "(none)|^$")) {
      assertThat(pattern.matcher(missing).matches()).as(missing).isTrue();
    }

    for (String wrong : List.of("yesterday", "2026-1-5", "n,a,", "2026-01-15T8", "x2026-01-15")) {
      assertThat(reads(feature, wrong)).as(wrong).isFalse();
      assertThat(pattern.matcher(wrong).matches()).as(wrong).isFalse();
    }

    assertThat(pattern.matcher("2026-01-15T08:30Z").matches()).isEqualTo(zone);
  }

  private static boolean reads(Feature feature, String text) {
    Faults faults = new Faults();
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    feature.text(utf8, 0, utf8.length, faults);
    return faults.isEmpty();
  }

  @Test
  void boundsIncludeTheSentinels() throws Exception {
    JsonNode schema =
        schema(
            new NumberFeature(
                "n",
                "n",
                Sentinels.of(List.of(-1.0, "999", "NA")),
                0.1,
                Double.POSITIVE_INFINITY,
                false));

    assertThat(schema.path("minimum").asDouble()).isEqualTo(-1);
    assertThat(schema.has("maximum")).isFalse();
    assertThat(schema.has("nullable")).isFalse();
    assertThat(schema.path("description").asText()).contains("'NA'", "-1");
    JsonNode bounded =
        schema(new NumberFeature("n", "n", Sentinels.of(List.of("999")), 0.1, 5, true));
    assertThat(bounded.path("minimum").decimalValue()).isEqualByComparingTo("0.1");
    assertThat(bounded.path("maximum").asDouble()).isEqualTo(999);
  }

  @Test
  void categoriesAreConstantsOnlyWhereEachHasANameOfItsOwn() throws Exception {
    assertThat(constants("AA", "N/A", "Zürich Post"))
        .isEqualTo("[\"AA\",\"N/A\",\"Zürich Post\",\"?-1\",null]");
    assertThat(constants("A", "a")).isEmpty();
    assertThat(constants("+", "-")).isEmpty();
    assertThat(constants("Köln", "Москва")).isEmpty();
    assertThat(constants("x", "")).isEmpty();
  }

  private static String constants(String... categories) throws IOException {
    Sentinels missing = Sentinels.of(List.of("?-1"));
    TextCategoryFeature closed =
        new TextCategoryFeature("c", "c", List.of(categories), new Unseen.Reject(), missing, true);
    TextCategoryFeature open =
        new TextCategoryFeature("c", "c", List.of(categories), new Unseen.Missing(), missing, true);
    assertThat(schema(open).has("enum")).isFalse();
    for (String category : categories) {
      assertThat(schema(closed).path("description").asText()).contains(category);
    }

    return schema(closed).path("enum").toString();
  }

  @Test
  void wholeNumbersAreConstantsOfTheirOwnType() throws Exception {
    JsonNode schema =
        schema(
            new IntegerCategoryFeature(
                "c",
                "c",
                List.of(1L, -1L, 10L),
                new Unseen.Reject(),
                Sentinels.of(List.of(-999.0)),
                false));

    assertThat(schema.path("type").asText()).isEqualTo("integer");
    assertThat(schema.path("enum").toString()).isEqualTo("[1,-1,10,-999]");
  }

  private static JsonNode schema(Feature... features) throws IOException {
    Schema schema = new Schema(Arrays.asList(features));
    return READER.readTree(
        JsonText.compact(
            json -> {
              json.writeStartObject();
              FieldSchema.write(schema.fields().get(0), json);
              json.writeEndObject();
            }));
  }
}
