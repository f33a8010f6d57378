package io.paritree.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.InvalidDefinitionException;
import com.fasterxml.jackson.databind.exc.InvalidNullException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import io.paritree.feature.NearestName;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Says in our sentence why a document could not be bound: where, what came, what was expected. */
final class UnboundDocument {
  private static final Set<Class<?>> NUMBERS =
      Set.of(OptionalLong.class, OptionalInt.class, OptionalDouble.class);

  private UnboundDocument() {}

  static BrokenJsonException of(String origin, JsonProcessingException fault) {
    if (fault instanceof InvalidDefinitionException ours && !ours.getType().isArrayType()) {
      throw new IllegalStateException("Cannot bind " + origin, fault);
    } else if (fault instanceof InvalidDefinitionException array) { // a text where it is expected
      return mismatch(origin, array, array.getType().getRawClass());
    } else if (fault instanceof ValueInstantiationException refused
        && refused.getCause() instanceof IllegalArgumentException why) {
      return at(origin, refused, ": " + why.getMessage());
    } else if (fault instanceof UnrecognizedPropertyException unknown) {
      return unknown(origin, unknown);
    } else if (fault instanceof InvalidNullException nothing && isElement(nothing)) {
      return at(origin, nothing, ": got null, expected a value");
    } else if (fault instanceof MismatchedInputException mismatch) {
      return mismatch(origin, mismatch, mismatch.getTargetType());
    }

    return StrictJson.malformed(origin, BrokenJsonException.WHOLE, fault);
  }

  /** Returns whether an element of an array or of a map is null, and not a member of a record. */
  private static boolean isElement(InvalidNullException fault) {
    List<JsonMappingException.Reference> path = fault.getPath();
    String last = path.isEmpty() ? null : path.get(path.size() - 1).getFieldName();
    return fault.getPropertyName() != null && !fault.getPropertyName().getSimpleName().equals(last);
  }

  private static BrokenJsonException unknown(String origin, UnrecognizedPropertyException fault) {
    Set<String> known =
        fault.getKnownPropertyIds().stream()
            .map(Object::toString)
            .collect(Collectors.toCollection(TreeSet::new));
    String name = fault.getPropertyName();
    String nearest = NearestName.of(name, known).map(" (did you mean '%s'?)"::formatted).orElse("");
    String place = pointer(fault, fault.getPath().size() - 1);
    return broken(
        origin,
        place,
        ": got the unknown key '%s', expected one of %s%s"
            .formatted(StrictJson.printable(name), known, nearest),
        fault);
  }

  private static BrokenJsonException mismatch(
      String origin, JsonMappingException fault, Class<?> type) {
    return at(origin, fault, ": got %s, expected %s".formatted(got(fault), expected(type)));
  }

  private static BrokenJsonException at(String origin, JsonMappingException fault, String why) {
    return broken(origin, pointer(fault, fault.getPath().size()), why, fault);
  }

  private static BrokenJsonException broken(
      String origin, String place, String why, JsonMappingException fault) {
    return new BrokenJsonException(
        "Cannot read %s at %s%s".formatted(origin, place, why), place, fault);
  }

  private static String pointer(JsonMappingException fault, int steps) {
    String pointer =
        fault.getPath().stream()
            .limit(steps)
            .map(step -> "/" + (step.getFieldName() == null ? step.getIndex() : escaped(step)))
            .collect(Collectors.joining());
    return pointer.isEmpty() ? BrokenJsonException.WHOLE : StrictJson.shownPlace(pointer);
  }

  private static String escaped(JsonMappingException.Reference step) {
    return step.getFieldName().replace("~", "~0").replace("/", "~1");
  }

  private static String got(JsonMappingException fault) {
    JsonToken token = fault.getProcessor() instanceof JsonParser json ? json.currentToken() : null;
    if (token == JsonToken.END_OBJECT || token == JsonToken.END_ARRAY) {
      return "nothing"; // the object has ended without the member
    }

    return fault.getProcessor() instanceof JsonParser json
        ? StrictJson.got(json)
        : "something else";
  }

  private static String expected(Class<?> type) {
    if (type == null || type == Object.class) {
      return "another value";
    } else if (type.isEnum()) {
      return "one of "
          + Arrays.stream(type.getEnumConstants())
              .map(one -> one.toString().toLowerCase(Locale.ROOT))
              .collect(Collectors.joining(", "));
    } else if (type == String.class) {
      return "text";
    } else if (type == boolean.class || type == Boolean.class) {
      return "true or false";
    } else if (Collection.class.isAssignableFrom(type) || type.isArray()) {
      return "an array";
    } else if (NUMBERS.contains(type)
        || Number.class.isAssignableFrom(type)
        || type.isPrimitive()) {
      return DocumentNumbers.expected(type);
    } else if (type == Instant.class) {
      return DocumentTimes.EXPECTED;
    }

    return Map.class.isAssignableFrom(type) || type.isRecord() || type == Optional.class
        ? "an object"
        : "a value of another form";
  }
}
