package io.paritree.proof;

import io.paritree.feature.Field;
import io.paritree.proof.TriedRecord.Kind;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The forms that a body of MLflow's protocol has, all with each field of each record. */
enum InvocationsForm {
  /** {@code dataframe_records}: an object for each record. */
  INVOCATIONS {
    @Override
    String data(List<TriedRecord> records, List<Field> fields) {
      String objects =
          list(
              records.size(),
              at -> "{" + members(fields, field -> value(records, at, field)) + "}");
      return "\"dataframe_records\":" + objects;
    }
  },
  /** {@code dataframe_split}: the names of the columns, and a list for each record. */
  INVOCATIONS_SPLIT {
    @Override
    String data(List<TriedRecord> records, List<Field> fields) {
      return "\"dataframe_split\":{\"columns\":%s,\"data\":%s}"
          .formatted(
              list(fields.size(), field -> TriedRecord.quoted(fields.get(field).column())),
              rows(records, fields));
    }
  },
  /** {@code instances}: a list for each record, with its values in the model's order. */
  INVOCATIONS_INSTANCES {
    @Override
    String data(List<TriedRecord> records, List<Field> fields) {
      return "\"instances\":" + rows(records, fields);
    }
  },
  /** {@code inputs}: a list for each field. */
  INVOCATIONS_INPUTS {
    @Override
    String data(List<TriedRecord> records, List<Field> fields) {
      IntFunction<String> column = field -> list(records.size(), at -> value(records, at, field));
      return "\"inputs\":{" + members(fields, column) + "}";
    }
  };

  /** Returns what users call it. */
  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Returns the member of a request's body that has the records. */
  abstract String data(List<TriedRecord> records, List<Field> fields);

  private static String rows(List<TriedRecord> records, List<Field> fields) {
    return list(records.size(), at -> list(fields.size(), field -> value(records, at, field)));
  }

  private static String list(int count, IntFunction<String> element) {
    return IntStream.range(0, count).mapToObj(element).collect(Collectors.joining(",", "[", "]"));
  }

  private static String members(List<Field> fields, IntFunction<String> value) {
    return IntStream.range(0, fields.size())
        .mapToObj(at -> TriedRecord.quoted(fields.get(at).column()) + ":" + value.apply(at))
        .collect(Collectors.joining(","));
  }

  /** Returns a value as JSON; a data frame has all its columns, so an absent one is null. */
  private static String value(List<TriedRecord> records, int record, int field) {
    TriedRecord of = records.get(record);
    return of.kind(field) == Kind.NONE ? "null" : of.value(field);
  }
}
