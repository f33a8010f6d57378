package io.paritree.json;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.annotation.PropertyAccessor;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import com.fasterxml.jackson.datatype.jdk8.Jdk8Module;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.Stream;

/**
 * JSON documents that are records: a component is a member, its name in snake_case, and is left out
 * if it is an empty {@code Optional}. Texts, numbers, truths and arrays are never turned into each
 * other; whole numbers are at least 0; a member appears once, and nothing follows the document.
 * Thread-safe.
 */
public final class Documents {
  private static final DeserializationFeature AT_END =
      DeserializationFeature.FAIL_ON_TRAILING_TOKENS;

  private static final List<Class<?>> OPTIONAL =
      List.of(Optional.class, OptionalLong.class, OptionalInt.class, OptionalDouble.class);

  /** What is empty, in a document that is read with tolerance, if it is absent. */
  private static final List<Class<?>> ABSENT =
      Stream.concat(
              OPTIONAL.stream(),
              Stream.of(
                  String.class,
                  List.class,
                  Set.class,
                  Map.class,
                  long.class,
                  int.class,
                  double.class,
                  float.class,
                  boolean.class))
          .toList();

  /**
   * What scores are trusted with: each member is known, and is there unless it is optional or has
   * an empty value by its {@code JsonSetter}.
   */
  public static final Documents STRICT = new Documents(true);

  /**
   * What another version may have written: members that are not known are ignored, and what is
   * absent is an empty text, array or object, 0 or NaN, unless it is required by its {@code
   * JsonProperty}.
   */
  public static final Documents TOLERANT = new Documents(false);

  private final JsonMapper mapper;

  private Documents(boolean isStrict) {
    JsonMapper.Builder settings =
        JsonMapper.builder(StrictJson.FACTORY.copy())
            .addModules(new Jdk8Module(), DocumentNumbers.module(), DocumentTimes.module())
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .visibility(PropertyAccessor.ALL, Visibility.NONE)
            .visibility(PropertyAccessor.FIELD, Visibility.ANY)
            .visibility(PropertyAccessor.CREATOR, Visibility.ANY)
            .defaultPropertyInclusion(
                JsonInclude.Value.construct(
                    JsonInclude.Include.NON_ABSENT, JsonInclude.Include.ALWAYS))
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .configure(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES, isStrict)
            .configure(
                DeserializationFeature.READ_UNKNOWN_ENUM_VALUES_USING_DEFAULT_VALUE, !isStrict)
            .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
            .disable(SerializationFeature.CLOSE_CLOSEABLE)
            .disable(SerializationFeature.FLUSH_AFTER_WRITE_VALUE);
    JsonSetter.Value empty = JsonSetter.Value.forValueNulls(Nulls.AS_EMPTY, Nulls.FAIL);
    (isStrict ? OPTIONAL : ABSENT)
        .forEach(type -> settings.withConfigOverride(type, one -> one.setSetterInfo(empty)));
    settings.withCoercionConfig(
        LogicalType.Textual,
        text -> {
          text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail);
          text.setCoercion(CoercionInputShape.Float, CoercionAction.Fail);
          text.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
        });
    settings.annotationIntrospector(new Annotations());
    this.mapper = settings.build();
    mapper.setDefaultSetterInfo(JsonSetter.Value.forContentNulls(Nulls.FAIL));
  }

  /** A member that must be there is not null either. */
  private static final class Annotations extends JacksonAnnotationIntrospector {
    private static final long serialVersionUID = 1;

    @Override
    public JsonSetter.Value findSetterInfo(Annotated member) {
      JsonSetter.Value annotated = super.findSetterInfo(member);
      JsonProperty property = member.getAnnotation(JsonProperty.class);
      boolean isRequired = property != null && property.required();
      return isRequired ? annotated.withValueNulls(Nulls.FAIL) : annotated;
    }
  }

  /**
   * Reads a document.
   *
   * @param origin names it in messages
   * @throws BrokenJsonException if it is not a document of this type, also if the constructor of
   *     one of its records refuses its values with an {@code IllegalArgumentException}
   */
  public <T> T read(Class<T> type, String origin, byte[] content) throws BrokenJsonException {
    return read(type, origin, content, mapper.getFactory());
  }

  /**
   * Reads a document as {@link #read(Class, String, byte[])} does.
   *
   * @param most tokens that it may have, so that what is made of it has a size
   */
  public <T> T read(Class<T> type, String origin, byte[] content, int most)
      throws BrokenJsonException {
    StreamReadConstraints constraints =
        mapper.getFactory().streamReadConstraints().rebuild().maxTokenCount(most).build();
    return read(
        type, origin, content, mapper.getFactory().copy().setStreamReadConstraints(constraints));
  }

  private <T> T read(Class<T> type, String origin, byte[] content, JsonFactory factory)
      throws BrokenJsonException {
    try (JsonParser json = factory.createParser(Utf8Text.of(origin, content))) {
      try {
        T document = mapper.readValue(json, type);
        if (document == null) {
          throw nothing(origin, BrokenJsonException.WHOLE, "a document");
        } else if (document instanceof Object[] array && Arrays.asList(array).contains(null)) {
          throw nothing(origin, "/" + Arrays.asList(array).indexOf(null), "an object");
        }

        return document;
      } catch (JsonProcessingException e) {
        throw UnboundDocument.of(origin, e); // while the parser says what came
      }
    } catch (IOException e) {
      throw StrictJson.malformed(origin, BrokenJsonException.WHOLE, e);
    }
  }

  private static BrokenJsonException nothing(String origin, String place, String expected) {
    return new BrokenJsonException(
        "Cannot read %s at %s: got null, expected %s".formatted(origin, place, expected));
  }

  /**
   * Reads some elements of an array, without keeping the others.
   *
   * @param content a document that has been read as a whole, if only of names
   * @param member of the document, which has the array
   * @param wanted says by its place, from 0, whether an element is read
   * @throws BrokenJsonException as {@link #read} does
   */
  public <T> List<T> elements(
      Class<T> type, String origin, byte[] content, String member, IntPredicate wanted)
      throws BrokenJsonException {
    List<T> read = new ArrayList<>();
    try (JsonParser json = mapper.createParser(Utf8Text.of(origin, content))) {
      try {
        json.nextToken(); // of the document
        while (json.nextToken() == JsonToken.FIELD_NAME && !member.equals(json.currentName())) {
          json.nextToken();
          json.skipChildren();
        }

        if (json.nextToken() != JsonToken.START_ARRAY) {
          throw new BrokenJsonException(
              "Cannot read %s: expected an array '%s'".formatted(origin, member));
        }

        ObjectReader reader = mapper.readerFor(type).without(AT_END);
        for (int place = 0; json.nextToken() != JsonToken.END_ARRAY; place++) {
          if (wanted.test(place)) {
            read.add(reader.readValue(json));
          } else {
            json.skipChildren();
          }
        }
      } catch (JsonProcessingException e) {
        throw UnboundDocument.of(origin, e);
      }
    } catch (IOException e) {
      throw StrictJson.malformed(origin, BrokenJsonException.WHOLE, e);
    }

    return read;
  }

  private record Format(@JsonProperty(required = true) int format) {}

  /**
   * Checks the {@code format} of a document, before all else of it is read.
   *
   * @param most the newest one that this version knows; the oldest is 1
   * @throws BrokenJsonException if it has another one, or none
   */
  public static void checkFormat(String origin, byte[] content, int most)
      throws BrokenJsonException {
    int format = TOLERANT.read(Format.class, origin, content).format;
    if (format < 1 || format > most) {
      throw new BrokenJsonException(
          "Cannot read %s at /format: got %s, expected a whole number from 1 to %s%s"
              .formatted(
                  origin, format, most, format > most ? "; a newer version has written it" : ""));
    }
  }

  /** Returns what writes a record as a value. */
  public static JsonText.Body value(Object document) {
    return json -> write(document, json);
  }

  /** Writes a record as a value. */
  public static void write(Object document, JsonGenerator json) throws IOException {
    STRICT.mapper.writeValue(json, document);
  }

  /** Writes the members of a record into the object that is open. */
  public static void members(Object document, JsonGenerator json) throws IOException {
    JsonText.members(json, JsonText.compact(value(document)));
  }

  /** Returns an indented document, with arrays in one line and no line feed at its end. */
  public static byte[] wide(Object document) {
    return JsonText.wide(value(document));
  }
}
