package io.paritree.comparison;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.JsonText;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;

/**
 * A change of what a model reads or answers.
 *
 * @param kind what changes, such as {@code field_removed}
 * @param subject the field, or the output, or the class that changes; empty if it is all of them
 * @param tables what it means where tables are read
 * @param http what it means to callers
 * @param detail from what to what it changes
 * @param faults the codes of the faults that rows may have by it
 * @param rows how many rows the challenger alone refuses by it, if rows were compared
 */
public record ContractChange(
    String kind,
    String subject,
    Effect tables,
    Effect http,
    String detail,
    List<String> faults,
    OptionalLong rows) {
  public ContractChange {
    faults = List.copyOf(faults);
  }

  /** Returns a change that means the same everywhere, whatever the rows are. */
  public static ContractChange of(String kind, String subject, Effect effect, String detail) {
    return of(kind, subject, effect, effect, detail);
  }

  /** Returns a change that rows do not decide. */
  public static ContractChange of(
      String kind, String subject, Effect tables, Effect http, String detail) {
    return new ContractChange(kind, subject, tables, http, detail, List.of(), OptionalLong.empty());
  }

  /** Returns a change by which rows with such a fault are refused. */
  public static ContractChange byData(String kind, String subject, String detail, String fault) {
    return new ContractChange(
        kind,
        subject,
        Effect.BREAKING_BY_DATA,
        Effect.BREAKING_BY_DATA,
        detail,
        List.of(fault),
        OptionalLong.empty());
  }

  /** Returns the same, decided by rows: without any that is refused, it breaks nothing. */
  ContractChange decidedBy(DataComparison compared) {
    if (faults.isEmpty()) {
      return this;
    }

    long refused =
        faults.stream().mapToLong(fault -> compared.refused(Side.CHALLENGER, subject, fault)).sum();
    return new ContractChange(
        kind, subject, tables, http, detail, faults, OptionalLong.of(refused));
  }

  /** Returns what it means where the model is used so, if rows have decided. */
  Effect of(Face face) {
    Effect effect = face == Face.TABLES ? tables : http;
    if (effect != Effect.BREAKING_BY_DATA || rows.isEmpty()) {
      return effect;
    }

    return rows.getAsLong() == 0 ? Effect.COMPATIBLE : Effect.BREAKING;
  }

  void write(JsonGenerator json) throws IOException {
    json.writeStringField("change", kind);
    JsonText.optional(json, "of", subject);
    json.writeStringField("tables", tables.word());
    json.writeStringField("http", http.word());
    if (rows.isPresent()) {
      json.writeNumberField("rows", rows.getAsLong());
    }

    json.writeStringField("detail", detail);
  }
}
