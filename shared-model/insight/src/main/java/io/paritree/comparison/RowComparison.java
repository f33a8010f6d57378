package io.paritree.comparison;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.JsonText;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * What two models make of some rows.
 *
 * @param rows that both score
 * @param onlyChampion rows that the challenger refuses
 * @param onlyChallenger rows that the champion refuses
 * @param neither rows that both refuse
 * @param equalBits rows of which both models have equal values, bit by bit
 * @param outputs the outputs that both have; none without rows
 * @param flips of the labels, if both models have labels
 */
public record RowComparison(
    long rows,
    long onlyChampion,
    long onlyChallenger,
    long neither,
    long equalBits,
    List<OutputComparison> outputs,
    Optional<LabelFlips> flips) {
  public RowComparison {
    outputs = List.copyOf(outputs);
  }

  /** Returns of each measure the worst of all outputs; empty if nothing was compared. */
  public Optional<OutputComparison> worst() {
    return outputs.isEmpty() ? Optional.empty() : Optional.of(OutputComparison.worst(outputs));
  }

  /** Writes the members. */
  void write(JsonGenerator json) throws IOException {
    json.writeNumberField("rows", rows);
    json.writeNumberField("only_champion", onlyChampion);
    json.writeNumberField("only_challenger", onlyChallenger);
    json.writeNumberField("neither", neither);
    json.writeNumberField("equal_bits", equalBits);
    if (!outputs.isEmpty()) {
      OutputComparison.worst(outputs).write(json);
    }

    if (flips.isPresent()) {
      json.writeObjectFieldStart("flips");
      flips.get().write(json);
      json.writeEndObject();
    }

    if (outputs.size() > 1) {
      JsonText.objects(
          json,
          "outputs",
          outputs,
          output -> {
            json.writeStringField("output", output.name());
            output.write(json);
          });
    }
  }
}
