package io.paritree.comparison;

import com.fasterxml.jackson.core.JsonGenerator;
import io.paritree.json.JsonText;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A change of what a model reads or answers.
 *
 * @param kind what changes, such as {@code field_removed}
 * @param subject the field, or the output, or the class that changes; empty if it is all of them
 * @param tables what it means where tables are read
 * @param http what it means to callers
 * @param detail from what to what it changes
 * @param refusing how rows may be refused by it; empty if it refuses none
 * @param rows how many rows the challenger alone refuses by it, if rows were compared
 */
public record ContractChange(
    String kind,
    String subject,
    Effect tables,
    Effect http,
    String detail,
    Optional<Refusing> refusing,
    OptionalLong rows) {
  /**
   * How rows are refused that were scored before.
   *
   * @param faults the codes of their faults
   * @param otherwise what the change means where no row is refused by it
   */
  public record Refusing(Set<String> faults, Effect otherwise) {
    public Refusing {
      faults = Set.copyOf(faults);
    }
  }

  /** Returns a change that means the same everywhere, whatever the rows are. */
  public static ContractChange of(String kind, String subject, Effect effect, String detail) {
    return of(kind, subject, effect, effect, detail);
  }

  /** Returns a change that rows do not decide. */
  public static ContractChange of(
      String kind, String subject, Effect tables, Effect http, String detail) {
    return new ContractChange(
        kind, subject, tables, http, detail, Optional.empty(), OptionalLong.empty());
  }

  /** Returns a change by which rows may be refused; they decide whether it breaks anything. */
  public static ContractChange byData(
      String kind, String subject, String detail, Refusing refusing) {
    return new ContractChange(
        kind,
        subject,
        Effect.BREAKING_BY_DATA,
        Effect.BREAKING_BY_DATA,
        detail,
        Optional.of(refusing),
        OptionalLong.empty());
  }

  /** Returns a change that is known by the rows alone that are refused. */
  static ContractChange ofRows(OneSidedFault refused) {
    return new ContractChange(
        "rows_refused",
        refused.field(),
        Effect.BREAKING,
        Effect.BREAKING,
        "rows that were scored are refused: " + refused.code(),
        Optional.empty(),
        OptionalLong.of(refused.rows()));
  }

  /** Returns the same, decided by rows: without any that is refused, it breaks nothing. */
  ContractChange decidedBy(DataComparison compared) {
    if (refusing.isEmpty()) {
      return this;
    }

    long refused =
        refusing.get().faults.stream()
            .mapToLong(fault -> compared.refused(Side.CHALLENGER, subject, fault))
            .sum();
    return new ContractChange(
        kind, subject, tables, http, detail, refusing, OptionalLong.of(refused));
  }

  /** Returns whether it says already that such rows are refused. */
  boolean explains(OneSidedFault refused) {
    boolean isBroken = tables == Effect.BREAKING && http == Effect.BREAKING;
    boolean isFault = refusing.filter(by -> by.faults.contains(refused.code())).isPresent();
    return subject.equals(refused.field()) && (isBroken || isFault);
  }

  /** Returns what it means where the model is used so, if rows have decided. */
  Effect of(Face face) {
    Effect effect = face == Face.TABLES ? tables : http;
    if (effect != Effect.BREAKING_BY_DATA || rows.isEmpty()) {
      return effect;
    }

    return rows.getAsLong() == 0 ? refusing.orElseThrow().otherwise : Effect.BREAKING;
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
