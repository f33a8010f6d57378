package io.paritree.model.layout;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.paritree.CorruptModelException;
import io.paritree.Fault;
import io.paritree.json.BrokenJsonException;
import io.paritree.json.Documents;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The inputs of an MLflow model signature.
 *
 * @param columns the columns in the order of the signature; empty if the input is a tensor
 */
public record MlflowSignature(List<Column> columns) {
  private static final String TENSOR = "tensor";

  /**
   * One column.
   *
   * @param name its name; empty if the signature has none
   * @param type MLflow's name of its type, such as {@code double} or {@code string}
   * @param required whether the data must have this column, as it must if that is empty; says
   *     nothing about nulls in it
   */
  public record Column(
      String name, @JsonProperty(required = true) String type, Optional<Boolean> required) {
    public Column {
      if (type.isEmpty()) {
        throw new IllegalArgumentException("expected an input with a 'type'");
      }
    }

    private boolean isOptional() {
      return !required.orElse(true);
    }
  }

  public MlflowSignature {
    columns = List.copyOf(columns);
  }

  /**
   * Returns the names of the columns that the data may lack; columns without a name are required.
   */
  Set<String> optionalNames() {
    return columns.stream()
        .filter(column -> column.isOptional() && !column.name().isEmpty())
        .map(Column::name)
        .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Reads the JSON text of {@code signature.inputs}.
   *
   * @param origin names the place in messages
   */
  static MlflowSignature parse(String origin, byte[] content) throws CorruptModelException {
    List<Column> columns;
    try {
      columns = List.of(Documents.TOLERANT.read(Column[].class, origin, content));
    } catch (BrokenJsonException e) {
      throw new CorruptModelException(e.getMessage(), e);
    }

    Set<String> names = new HashSet<>();
    for (Column column : columns) {
      boolean named = !column.name().isEmpty();
      if (named == columns.get(0).name().isEmpty() || (named && !names.add(column.name()))) {
        throw new CorruptModelException(
            "Cannot read %s: got the columns %s, expected that all have different names, or none has a name"
                .formatted(origin, Fault.printable(columns.toString())));
      }
    }

    boolean tensor = columns.stream().anyMatch(column -> column.type().equals(TENSOR));
    if (tensor && columns.size() > 1) {
      throw new CorruptModelException(
          "Cannot read %s: got %s inputs with a tensor among them, expected one tensor or columns"
              .formatted(origin, columns.size()));
    }

    return new MlflowSignature(tensor ? List.of() : columns);
  }
}
