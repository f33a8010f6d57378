package io.paritree.serving.openinference;

import com.fasterxml.jackson.core.JsonToken;
import io.paritree.record.JsonDocument;
import io.paritree.record.MalformedJsonException;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.openinference.InferRequest.Tensor;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Reads the data that an inference request's tensors have in its JSON.
 *
 * <p>Data is flat or nested; null is a missing value. One per request; not thread-safe.
 */
final class TensorReader {
  private final TensorPlaces places;
  private final List<Tensor> tensors;

  TensorReader(TensorPlaces places, List<Tensor> tensors) {
    this.places = places;
    this.tensors = tensors;
  }

  /** Reads the data of all tensors that have it in the document. */
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
  }

  private void readTensor(JsonDocument document, int index) throws MalformedJsonException {
    while (document.next() == JsonToken.FIELD_NAME) {
      boolean data = document.name().equals("data");
      document.next();
      if (data && document.token() == JsonToken.START_ARRAY) {
        readData(document, index);
      } else {
        document.skip();
      }
    }
  }

  /** Reads the values, which are in one list or in one list per row. */
  private void readData(JsonDocument document, int index) throws MalformedJsonException {
    Tensor tensor = tensors.get(index);
    long expected = tensor.elements();
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

    String kind = mismatch(document, tensors.get(index).datatype());
    if (kind != null) {
      places.wrongType(index, element, kind);
      document.skip();
      return;
    }

    if (places.keepsValues() && document.token() != JsonToken.VALUE_NULL) {
      boolean literal = document.token() != JsonToken.VALUE_STRING;
      byte[] text = document.text().getBytes(StandardCharsets.UTF_8);
      places.keep(index, element, text, 0, text.length, literal);
    }

    switch (document.token()) {
      case VALUE_NULL -> places.missing(index, element);
      case VALUE_TRUE -> places.truth(index, element, true);
      case VALUE_FALSE -> places.truth(index, element, false);
      case VALUE_STRING -> places.text(index, element, document);
      default -> {
        if (document.isLongNumber()) {
          places.longNumber(index, element);
        } else {
          places.number(index, element, document.number());
        }
      }
    }
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
}
