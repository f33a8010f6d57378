package io.paritree.model.mlflow;

import io.paritree.CorruptModelException;
import io.paritree.Fault;
import io.paritree.json.BrokenJsonException;
import io.paritree.json.StrictJson;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The inputs of an MLflow model signature.
 *
 * @param columns the columns in the order of the signature; empty if the input is a tensor
 */
public record MlflowSignature(List<Column> columns) {
  private static final String TYPE = "type";
  private static final String NAME = "name";
  private static final String REQUIRED = "required";
  private static final String TENSOR = "tensor";

  /**
   * One column.
   *
   * @param name its name; empty if the signature has none
   * @param type MLflow's name of its type, such as {@code double} or {@code string}
   * @param required whether the data must have this column; says nothing about nulls in it
   */
  public record Column(String name, String type, boolean required) {}

  public MlflowSignature {
    columns = List.copyOf(columns);
  }

  /**
   * Returns the names of the columns that the data may lack; columns without a name are required.
   */
  Set<String> optionalNames() {
    return columns.stream()
        .filter(column -> !column.required() && !column.name().isEmpty())
        .map(Column::name)
        .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Reads the JSON text of {@code signature.inputs}.
   *
   * @param origin names the place in messages
   */
  static MlflowSignature parse(String origin, byte[] content) throws CorruptModelException {
    List<Column> columns = new ArrayList<>();
    try {
      StrictJson json = new StrictJson(origin, content);
      json.document(() -> json.list(() -> columns.add(column(json))));
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

  /** Reads a column; skips members of other MLflow versions, which say nothing about encoding. */
  private static Column column(StrictJson json) throws BrokenJsonException {
    Map<String, String> texts = new HashMap<>();
    boolean[] required = {true}; // the default, for files of versions that do not write it
    json.namedValues(
        name -> {
          boolean isRead = name.equals(TYPE) || name.equals(NAME);
          if (isRead && !json.isNull()) {
            texts.put(name, json.text());
          } else if (name.equals(REQUIRED) && !json.isNull()) {
            required[0] = json.truth();
          } else {
            json.skip();
          }
        });
    if (!texts.containsKey(TYPE)) {
      throw json.wrong("an input with a '%s'".formatted(TYPE));
    }

    return new Column(texts.getOrDefault(NAME, ""), texts.get(TYPE), required[0]);
  }
}
