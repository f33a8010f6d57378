package io.paritree.comparison;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.JsonText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What two models are made of. Immutable and thread-safe. */
public record ForestComparison(ForestFacts champion, ForestFacts challenger) {
  /** Returns the fields that one model uses and the other does not. */
  public List<String> onlyOf(Side side) {
    List<String> fields = new ArrayList<>(of(side).fields());
    fields.removeAll(of(side.other()).fields());
    return fields;
  }

  /** Returns what one of them is made of. */
  public ForestFacts of(Side side) {
    return side == Side.CHAMPION ? champion : challenger;
  }

  /** Returns the fields whose importance a model knows: the challenger's order, then the others. */
  public Set<String> important() {
    Set<String> fields = new LinkedHashSet<>(challenger.importance().keySet());
    fields.addAll(champion.importance().keySet());
    return fields;
  }

  /** Writes the members. */
  void write(JsonGenerator json) throws IOException {
    for (Side side : Side.values()) {
      json.writeObjectFieldStart(side.word());
      of(side).write(json);
      json.writeEndObject();
    }

    JsonText.array(json, "fields_not_used_now", onlyOf(Side.CHAMPION), json::writeString);
    JsonText.array(json, "fields_used_now", onlyOf(Side.CHALLENGER), json::writeString);
    JsonText.objects(json, "importance", important(), field -> importance(field, json));
  }

  private void importance(String field, JsonGenerator json) throws IOException {
    json.writeStringField("field", field);
    for (Side side : Side.values()) {
      Double mean = of(side).importance().get(field);
      if (mean != null) {
        json.writeNumberField(side.word(), mean);
      }
    }
  }
}
