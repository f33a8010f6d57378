package io.paritree.serving;

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
import io.paritree.serving.InferRequest.Datatype;
import io.paritree.serving.InferRequest.Tensor;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads the data of an inference request's tensors into rows of slots.
 *
 * <p>Either one tensor of shape {@code [rows, features]} in the model's order, for models without
 * text and timestamps, or one tensor of shape {@code [rows]} or {@code [rows, 1]} per field, by
 * name. Data is flat or nested; null is a missing value. One per request; not thread-safe.
 */
final class TensorReader {
  private final Table table;
  private final Schema schema;
  private final JsonRecordReader reader;
  private final List<Tensor> tensors;

  /** The field of each tensor; null if there is one tensor of all features. */
  private final Field[] fields;

  private final int rows;

  /**
   * @throws ProblemException if the tensors' names or shapes do not fit the model
   */
  TensorReader(Table table, List<Tensor> tensors) {
    this.table = table;
    this.schema = table.served().model().schema();
    this.reader = table.served().lenientReader();
    this.tensors = tensors;
    this.fields = isMatrix(tensors) ? null : fields(tensors);
    this.rows = rows(tensors);
    table.reserve(rows);
  }

  private boolean isMatrix(List<Tensor> tensors) {
    if (tensors.size() != 1 || schema.fieldIndex(tensors.get(0).name()) >= 0) {
      return false;
    }

    Tensor tensor = tensors.get(0);
    int width = schema.width();
    if (tensor.shape().length != 2 || tensor.shape()[1] != width) {
      throw InferRequest.wrong(
          "the input",
          "one tensor of shape [rows, %s], or one tensor per field, by its name".formatted(width));
    }

    for (Feature feature : schema.features()) {
      if (feature instanceof TextCategoryFeature || feature instanceof TimestampFeature) {
        throw InferRequest.wrong(
            "the input", "one tensor per field, since '%s' is no number".formatted(feature.name()));
      }
    }

    if (tensor.datatype() == Datatype.BYTES) {
      throw InferRequest.wrong("the input", "numbers; BYTES come in a tensor per field");
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

      if (tensor.shape().length == 2 && tensor.shape()[1] != 1) {
        throw InferRequest.wrong("input " + index, "shape [rows] or [rows, 1]");
      }

      found[index] = schema.fields().get(field);
    }

    return found;
  }

  private static int rows(List<Tensor> tensors) {
    long rows = tensors.get(0).shape()[0];
    for (Tensor tensor : tensors) {
      if (tensor.shape()[0] != rows) {
        throw InferRequest.wrong("the inputs", "tensors of equally many rows");
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

  private void readData(JsonDocument document, int index) throws MalformedJsonException {
    long expected = tensors.get(index).elements();
    int element = 0;
    int depth = 1;
    while (depth > 0) {
      JsonToken token = document.next();
      if (token == JsonToken.START_ARRAY) {
        depth++;
      } else if (token == JsonToken.END_ARRAY) {
        depth--;
      } else {
        if (element == expected || depth > 2) {
          throw miscounted(index, expected);
        }

        readElement(document, index, element++);
      }
    }

    if (element != expected) {
      throw miscounted(index, expected);
    }
  }

  private static ProblemException miscounted(int index, long expected) {
    return InferRequest.wrong(
        "the data of input " + index,
        "as many values as its shape says (%s), flat or one list per row".formatted(expected));
  }

  private void readElement(JsonDocument document, int index, int element)
      throws MalformedJsonException {
    Datatype datatype = tensors.get(index).datatype();
    String pointer = "/inputs/" + index + "/data/" + element;
    if (fields == null) {
      int width = schema.width();
      int row = element / width;
      Feature feature = schema.features().get(element % width);
      table.slots()[table.at(row) + element % width] = slot(document, datatype, feature);
      table.point(row, pointer);
      return;
    }

    String kind = mismatch(document, datatype);
    if (kind == null) {
      reader.value(document, fields[index], table.slots(), table.at(element), table.faults());
    } else {
      wrongType(kind, datatype, fields[index].column());
      document.skip();
    }

    table.point(element, pointer);
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
      default -> feature.number(document.number(), table.faults());
    };
  }

  private float wrongType(String kind, Datatype datatype, String column) {
    return table
        .faults()
        .add(new Fault(FaultCode.WRONG_TYPE, column, kind, "a value of type " + datatype));
  }

  /** Returns what came if it is not of the datatype; null if it is. */
  private static String mismatch(JsonDocument document, Datatype datatype)
      throws MalformedJsonException {
    return switch (document.token()) {
      case VALUE_NULL -> null;
      case VALUE_TRUE, VALUE_FALSE -> datatype == Datatype.BOOL ? null : "a boolean";
      case VALUE_STRING -> datatype == Datatype.BYTES ? null : "text";
      case VALUE_NUMBER_INT -> datatype == Datatype.BYTES ? "a number" : null;
      case VALUE_NUMBER_FLOAT ->
          datatype == Datatype.BYTES
                  || (datatype.isInteger() && document.number() != Math.rint(document.number()))
              ? "a number"
              : null;
      default -> "an object";
    };
  }

  private void fillMissing() {
    Set<String> given = new HashSet<>();
    tensors.forEach(tensor -> given.add(tensor.name()));
    for (Field field : schema.fields()) {
      if (!given.contains(field.column())) {
        for (int row = 0; row < rows; row++) {
          field.missing(table.slots(), table.at(row), table.faults());
          table.point(row, "/inputs");
        }
      }
    }
  }
}
