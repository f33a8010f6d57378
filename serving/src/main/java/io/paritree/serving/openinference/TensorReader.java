package io.paritree.serving.openinference;

import com.fasterxml.jackson.core.JsonToken;
import io.paritree.record.JsonDocument;
import io.paritree.record.MalformedJsonException;
import io.paritree.record.TextBytes;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.openinference.InferRequest.Tensor;
import java.util.List;

/**
 * Reads the data that an inference request's tensors have in its JSON.
 *
 * <p>Data is flat or nested; null is a missing value. One per request; not thread-safe.
 */
final class TensorReader {
  private final TensorPlaces places;
  private final List<Tensor> tensors;
  private final TextBytes text = new TextBytes();

  TensorReader(TensorPlaces places, List<Tensor> tensors) {
    this.places = places;
    this.tensors = tensors;
  }

  /** Reads the data of all tensors that have it in the JSON, which has been read to its end. */
  void read(byte[] json) throws MalformedJsonException {
    for (int index = 0; index < tensors.size(); index++) {
      if (!tensors.get(index).isBinary()) {
        try (JsonDocument data = JsonDocument.within(json, tensors.get(index).dataAt())) {
          data.next();
          readData(data, index);
        }
      }
    }
  }

  /** Reads the values, which are in one list or in one list per row. */
  private void readData(JsonDocument data, int index) throws MalformedJsonException {
    Tensor tensor = tensors.get(index);
    int perRow = (int) tensor.perRow();
    boolean nested = data.next() == JsonToken.START_ARRAY;
    for (int element = 0; element < tensor.elements(); element++) {
      if (nested && element % perRow == 0) {
        pass(JsonToken.START_ARRAY, data, index);
      }

      readElement(data, index, element);
      data.next();
      if (nested && element % perRow == perRow - 1) {
        pass(JsonToken.END_ARRAY, data, index);
      }
    }

    if (data.token() != JsonToken.END_ARRAY) {
      throw miscounted(index);
    }
  }

  private void pass(JsonToken bracket, JsonDocument data, int index) throws MalformedJsonException {
    if (data.token() != bracket) {
      throw miscounted(index);
    }

    data.next();
  }

  private ProblemException miscounted(int index) {
    Tensor tensor = tensors.get(index);
    return InferRequest.wrong(
        "the data of input " + index,
        "%s times %s values, as its shape says, in one list or in one list per row"
            .formatted(tensor.rows(), tensor.perRow()));
  }

  private void readElement(JsonDocument data, int index, int element)
      throws MalformedJsonException {
    JsonToken token = data.token();
    if (token == JsonToken.START_ARRAY || token == JsonToken.END_ARRAY) {
      throw miscounted(index);
    }

    String kind = mismatch(data, tensors.get(index).datatype());
    if (kind != null) {
      data.skip();
      places.wrongType(index, element, kind);
      return;
    }

    boolean isText = token == JsonToken.VALUE_STRING;
    boolean isKept = token != JsonToken.VALUE_NULL && places.keeps(index, element);
    if (isText || isKept) {
      data.text(text);
    }

    if (isKept) {
      places.keep(index, element, text.bytes(), 0, text.length(), !isText);
    }

    switch (token) {
      case VALUE_NULL -> places.missing(index, element);
      case VALUE_TRUE -> places.truth(index, element, true);
      case VALUE_FALSE -> places.truth(index, element, false);
      case VALUE_STRING -> places.text(index, element, text.bytes(), 0, text.length());
      default -> {
        if (data.isLongNumber()) {
          places.longNumber(index, element);
        } else {
          places.number(index, element, data.number());
        }
      }
    }
  }

  /** Returns what kind of value came, if the datatype does not allow it; otherwise null. */
  private static String mismatch(JsonDocument data, Datatype datatype)
      throws MalformedJsonException {
    return switch (data.token()) {
      case VALUE_NULL -> null;
      case VALUE_TRUE, VALUE_FALSE -> datatype == Datatype.BOOL ? null : "a boolean";
      case VALUE_STRING -> datatype == Datatype.BYTES ? null : "text";
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT ->
          data.isLongNumber() || datatype.admits(data.number()) ? null : "a number";
      default -> "an object";
    };
  }
}
