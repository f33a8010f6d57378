package io.paritree.comparison;

import static org.assertj.core.api.Assertions.assertThat;

import io.paritree.feature.Field;
import io.paritree.feature.Schema;
import io.paritree.model.TestRecords;
import io.paritree.model.manifest.SchemaParser;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SharedFieldsTest {
  private static Schema schema(String text) throws Exception {
    return SchemaParser.fromJson("schema.json", text.getBytes(StandardCharsets.UTF_8))
        .schema("schema.json", slot -> Optional.empty());
  }

  @Test
  void fieldsThatMeanTheSameAreSharedWhereverTheirSlotsAre() throws Exception {
    String text = TestRecords.SCHEMA.formatted("");
    String moved =
        text.replace("\"max\": 5000", "\"max\": 4000")
            .replace("\"express\"", "\"fast\"")
            .replace(
                "{\"name\": \"distance\"",
                "{\"name\": \"age\", \"type\": \"number\"}, {\"name\": \"distance\"");

    SharedFields fields = new SharedFields(schema(text), schema(moved));

    assertThat(fields.shared())
        .extracting(Field::column)
        .containsExactly("weight", "carrier", "zone", "departure");
    assertThat(fields.areAll()).isFalse();
    assertThat(fields.onlyOfChallenger())
        .extracting(Field::column)
        .containsExactly("age", "distance", "fast");
    float[] challenger = new float[16];
    fields.copy(new float[] {-1, 10, 11, 12, 13, 14, 15, 16}, 1, challenger, 8);
    assertThat(challenger).containsExactly(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 11, 0, 13, 14, 15, 16);
  }
}
