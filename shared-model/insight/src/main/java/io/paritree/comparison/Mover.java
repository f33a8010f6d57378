package io.paritree.comparison;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.JsonText;
import java.io.IOException;
import java.util.List;

/**
 * A row that moves, and the fields that move it.
 *
 * @param fields whose contributions to the margin change most, the largest change first
 * @param base by how much the margin changes for every row, in margin units
 * @param rest by how much all other fields together change it
 * @param notExplained why there are no fields; empty if there are
 */
public record Mover(
    MovedRow row, List<Field> fields, double base, double rest, String notExplained) {
  /**
   * A field or a group of fields.
   *
   * @param champion what it adds to the margin of the one model; 0 if that does not read it
   * @param challenger what it adds to the margin of the other
   */
  public record Field(String name, float champion, float challenger) {
    /** Returns the change, in margin units. */
    public double change() {
      return (double) challenger - champion;
    }

    void write(JsonGenerator json) throws IOException {
      json.writeStringField("field", name);
      json.writeNumberField("champion", champion);
      json.writeNumberField("challenger", challenger);
      json.writeNumberField("change", change());
    }
  }

  public Mover {
    fields = List.copyOf(fields);
  }

  /** Returns a row without its fields. */
  public static Mover notExplained(MovedRow row, String why) {
    return new Mover(row, List.of(), Double.NaN, Double.NaN, why);
  }

  void write(ComparisonForm form, JsonGenerator json) throws IOException {
    json.writeObjectFieldStart("key");
    for (int part = 0; part < form.keys().size(); part++) {
      json.writeStringField(form.keys().get(part), row.key().get(part));
    }

    json.writeEndObject();
    if (form.outputs().size() > 1) {
      json.writeStringField("output", form.outputs().get(row.output()).name());
    }

    write(Side.CHAMPION, row.champion(), form, json);
    write(Side.CHALLENGER, row.challenger(), form, json);
    json.writeNumberField(
        "margin_change", (double) row.challenger().margin() - row.champion().margin());
    if (notExplained.isEmpty()) {
      json.writeNumberField("base_change", base);
      JsonText.objects(json, "fields", fields, field -> field.write(json));
      json.writeNumberField("rest_change", rest);
    } else {
      json.writeStringField("not_explained", notExplained);
    }
  }

  private static void write(
      Side side, MovedRow.Scored scored, ComparisonForm form, JsonGenerator json)
      throws IOException {
    json.writeObjectFieldStart(side.word());
    if (!form.isOfMargins()) {
      json.writeNumberField("score", scored.value());
    }

    json.writeNumberField("margin", scored.margin());
    if (scored.label() >= 0) {
      json.writeStringField("label", form.outputsOf(side).classes().get(scored.label()));
    }

    json.writeEndObject();
  }
}
