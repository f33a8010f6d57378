package io.paritree.serving.openinference;

import com.fasterxml.jackson.core.JsonToken;
import io.paritree.Fault;
import io.paritree.FaultCode;
import io.paritree.feature.Feature;
import io.paritree.feature.Field;
import io.paritree.feature.Schema;
import io.paritree.feature.TextCategoryFeature;
import io.paritree.feature.TimestampFeature;
import io.paritree.record.JsonDocument;
import io.paritree.record.JsonRecordReader;
import io.paritree.record.MalformedJsonException;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.openinference.InferRequest.Tensor;
import io.paritree.serving.request.Table;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads the data of an inference request's tensors into rows of slots.
 *
 * <p>Accepts one tensor of shape {@code [rows, features]} in the model's order, for models without
 * text and timestamps, or one tensor of shape {@code [rows]} or {@code [rows, 1]} per field,
 * matched by name. Data is flat or nested; null is a missing value. One per request; not
 * thread-safe.
 */
final class TensorReader {
  private final Table table;
  private final Schema schema;
  private final JsonRecordReader reader;
  private final List<Tensor> tensors;

  /** The field of each tensor; null if one tensor holds all features. */
  private final Field[] fields;

  /**
   * @throws ProblemException with 400 if the tensors' names or shapes do not fit the model
   */
  TensorReader(Table table, List<Tensor> tensors) {
    this.table = table;
    this.schema = table.served().model().schema();
    this.reader = table.served().lenientReader();
    this.tensors = tensors;
    this.fields = isMatrix(tensors) ? null : fields(tensors);
    table.announce(rows(tensors));
  }

  private boolean isMatrix(List<Tensor> tensors) {
    Tensor tensor = tensors.get(0);
    int width = schema.width();
    boolean fits = tensor.shape().length == 2 && tensor.shape()[1] == width;
    boolean named = schema.fieldIndex(tensor.name()) >= 0;
    if (tensors.size() != 1 || named && !(fits && width > 1)) {
      return false;
    }

    if (!fits) {
      throw InferRequest.wrong(
          "the input",
          "one tensor of shape [rows, %s], or one tensor per field, by its name".formatted(width));
    }

    for (Feature feature : schema.features()) {
      if (feature instanceof TextCategoryFeature || feature instanceof TimestampFeature) {
        throw InferRequest.wrong(
            "the input",
            "one tensor per field, because '%s' is not a number".formatted(feature.name()));
      }
    }

    if (tensor.datatype() == Datatype.BYTES) {
      throw InferRequest.wrong("the input", "numbers; BYTES need one tensor per field");
    }

    return true;
  }

  private Field[] fields(List<Tensor> tensors) {
    Field[] found = new Field[tensors.size()];
    Set<String> unique = new HashSet<>();
    for (int index = 0; index < found.length; index++) {
      Tensor tensor = tensors.get(index);
      int field = schema.fieldIndex(tensor.name());
      if (field < 0 || !unique.add(tensor.name())) {
        String hint =
            schema.nearest(tensor.name()).map(near -> "; one is '" + near + "'").orElse("");
        throw InferRequest.wrong(
            "input " + index, "the name of a field of the model, each once" + hint);
      }

      if (tensor.perRow() != 1) {
        throw InferRequest.wrong("input " + index, "shape [rows] or [rows, 1]");
      }

      found[index] = schema.fields().get(field);
    }

    return found;
  }

  private static int rows(List<Tensor> tensors) {
    long rows = tensors.get(0).rows();
    for (Tensor tensor : tensors) {
      if (tensor.rows() != rows) {
        throw InferRequest.wrong("the inputs", "tensors with the same number of rows");
      }
    }

    return (int) rows;
  }

  /** Reads the data of all tensors. */
  void read(JsonDocument document) throws MalformedJsonException {
    document.next();
    while (document.next() == JsonToken.FIELD_NAME) {
      boolean inputs = document.name().equals("inputs");
      document.next();
      if (inputs) {
        for (int index = 0; document.next() != JsonToken.END_ARRAY; index++) {
          readTensor(document, index);
        }
      } else {
        document.skip();
      }
    }

    if (fields != null) {
      fillMissing();
    }
  }

  private void readTensor(JsonDocument document, int index) throws MalformedJsonException {
    while (document.next() == JsonToken.FIELD_NAME) {
      boolean data = document.name().equals("data");
      document.next();
      if (data) {
        readData(document, index);
      } else {
        document.skip();
      }
    }
  }

  /** Reads the values, which are in one list or in one list per row. */
  private void readData(JsonDocument document, int index) throws MalformedJsonException {
    Tensor tensor = tensors.get(index);
    long expected = tensor.rows() * tensor.perRow();
    boolean nested = document.next() == JsonToken.START_ARRAY;
    int element = 0;
    for (; document.token() != JsonToken.END_ARRAY; document.next()) {
      if (element == expected) {
        throw miscounted(index);
      }

      if (nested) {
        readRow(document, index, element);
        element += (int) tensor.perRow();
      } else {
        readElement(document, index, element++);
      }
    }

    if (element != expected) {
      throw miscounted(index);
    }
  }

  private void readRow(JsonDocument document, int index, int first) throws MalformedJsonException {
    if (document.token() != JsonToken.START_ARRAY) {
      throw miscounted(index);
    }

    for (int column = 0; column < tensors.get(index).perRow(); column++) {
      if (document.next() == JsonToken.END_ARRAY) {
        throw miscounted(index);
      }

      readElement(document, index, first + column);
    }

    if (document.next() != JsonToken.END_ARRAY) {
      throw miscounted(index);
    }
  }

  private ProblemException miscounted(int index) {
    Tensor tensor = tensors.get(index);
    return InferRequest.wrong(
        "the data of input " + index,
        "%s times %s values, as its shape says, in one list or in one list per row"
            .formatted(tensor.rows(), tensor.perRow()));
  }

  private void readElement(JsonDocument document, int index, int element)
      throws MalformedJsonException {
    if (document.token() == JsonToken.START_ARRAY) {
      throw miscounted(index);
    }

    Datatype datatype = tensors.get(index).datatype();
    int row = element;
    if (fields == null) {
      int width = schema.width();
      int column = element % width;
      row = element / width;
      Feature feature = schema.features().get(column);
      table.reserve(row + 1);
      table.slots()[table.at(row) + column] = slot(document, datatype, feature);
    } else {
      String kind = mismatch(document, datatype);
      table.reserve(row + 1);
      if (kind == null) {
        reader.value(document, fields[index], table.slots(), table.at(row), table.faults());
      } else {
        wrongType(kind, datatype, fields[index].column());
        document.skip();
      }
    }

    if (table.isFaulty()) {
      table.point(row, "/inputs/" + index + "/data/" + element);
    }
  }

  private float slot(JsonDocument document, Datatype datatype, Feature feature)
      throws MalformedJsonException {
    String kind = mismatch(document, datatype);
    if (kind != null) {
      document.skip();
      return wrongType(kind, datatype, feature.column());
    }

    return switch (document.token()) {
      case VALUE_NULL -> feature.missing(table.faults());
      case VALUE_TRUE -> feature.truth(true, table.faults());
      case VALUE_FALSE -> feature.truth(false, table.faults());
      default ->
          document.isLongNumber()
              ? feature.longNumber(table.faults())
              : feature.number(document.number(), table.faults());
    };
  }

  private float wrongType(String kind, Datatype datatype, String column) {
    return table
        .faults()
        .add(new Fault(FaultCode.WRONG_TYPE, column, kind, "a value of type " + datatype));
  }

  /** Returns what kind of value came, if the datatype does not allow it; otherwise null. */
  private static String mismatch(JsonDocument document, Datatype datatype)
      throws MalformedJsonException {
    return switch (document.token()) {
      case VALUE_NULL -> null;
      case VALUE_TRUE, VALUE_FALSE -> datatype == Datatype.BOOL ? null : "a boolean";
      case VALUE_STRING -> datatype == Datatype.BYTES ? null : "text";
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
          document.isLongNumber() || datatype.admits(document.number()) ? null : "a number";
      default -> "an object";
    };
  }

  private void fillMissing() {
    Set<String> given = new HashSet<>();
    tensors.forEach(tensor -> given.add(tensor.name()));
    for (Field field : schema.fields()) {
      if (!given.contains(field.column())) {
        table.fillMissing(field, "/inputs");
      }
    }
  }
}
