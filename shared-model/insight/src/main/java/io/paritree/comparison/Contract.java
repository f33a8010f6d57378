package io.paritree.comparison;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.JsonText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * How another model changes what is read and answered. Immutable and thread-safe.
 *
 * @param changes in the order of the fields, then of the outputs
 */
public record Contract(List<ContractChange> changes) {
  public Contract {
    changes = List.copyOf(changes);
  }

  /**
   * Returns the same, decided by rows where these can. Rows that the challenger alone refuses break
   * something also where no change of the contract says why.
   */
  public Contract decidedBy(DataComparison rows) {
    List<ContractChange> decided = new ArrayList<>();
    changes.forEach(change -> decided.add(change.decidedBy(rows)));
    rows.refused().stream()
        .filter(refused -> refused.by() == Side.CHALLENGER)
        .filter(refused -> changes.stream().noneMatch(change -> change.explains(refused)))
        .forEach(refused -> decided.add(ContractChange.ofRows(refused)));
    return new Contract(decided);
  }

  /** Returns the worst that a change means. */
  public Effect of(Face face) {
    return changes.stream()
        .map(change -> change.of(face))
        .max(Comparator.naturalOrder())
        .orElse(Effect.COMPATIBLE);
  }

  /** Returns whether the model can take the other's place where it is used so. */
  public boolean isDropIn(Set<Face> faces) {
    return faces.stream().noneMatch(face -> of(face).isBreaking());
  }

  /** Writes the members. */
  void write(JsonGenerator json) throws IOException {
    json.writeStringField("tables", of(Face.TABLES).word());
    json.writeStringField("http", of(Face.HTTP).word());
    JsonText.objects(json, "changes", changes, change -> change.write(json));
  }
}
