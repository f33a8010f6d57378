package io.paritree.record;

import static io.paritree.FaultCode.BAD_TIMESTAMP;
import static io.paritree.FaultCode.MISSING_VALUE;
import static io.paritree.FaultCode.NOT_FINITE;
import static io.paritree.FaultCode.OUT_OF_RANGE;
import static io.paritree.FaultCode.TOO_LONG;
import static io.paritree.FaultCode.UNSEEN_CATEGORY;
import static io.paritree.FaultCode.WRONG_TYPE;
import static io.paritree.record.ValueCase.Carrier.BOOLEAN;
import static io.paritree.record.ValueCase.Carrier.BYTE;
import static io.paritree.record.ValueCase.Carrier.DATE;
import static io.paritree.record.ValueCase.Carrier.DECIMAL;
import static io.paritree.record.ValueCase.Carrier.DOUBLE;
import static io.paritree.record.ValueCase.Carrier.FLOAT;
import static io.paritree.record.ValueCase.Carrier.INT;
import static io.paritree.record.ValueCase.Carrier.LONG;
import static io.paritree.record.ValueCase.Carrier.SHORT;
import static io.paritree.record.ValueCase.Carrier.STRING;
import static io.paritree.record.ValueCase.Carrier.TIMESTAMP;
import static io.paritree.record.ValueCase.Carrier.TIMESTAMP_NTZ;

import io.paritree.FaultCode;
import io.paritree.feature.BooleanFeature;
import io.paritree.feature.CategoryCodeFeature;
import io.paritree.feature.Feature;
import io.paritree.feature.IntegerCategoryFeature;
import io.paritree.feature.MappedFeature;
import io.paritree.feature.NumberFeature;
import io.paritree.feature.Sentinels;
import io.paritree.feature.StepsFeature;
import io.paritree.feature.StepsFeature.Of;
import io.paritree.feature.TableFeature.Slot;
import io.paritree.feature.TextCategoryFeature;
import io.paritree.feature.TimestampFeature;
import io.paritree.feature.TimestampPart;
import io.paritree.feature.Unseen;
import io.paritree.record.ValueCase.Carrier;
import io.paritree.record.ValueCase.Face;
import io.paritree.record.ValueCase.TableRow;
import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The cases of the value table: one list for the JSON face, the CSV face and the job's Parquet
 * face.
 */
public final class ValueCases {
  private static final float MISSING = Float.NaN;
  private static final String REFUSED_COLUMN = "the input check refuses a column of such a type";
  private static final String NULL_CELL = "an empty cell is null";
  private static final String CELL_IS_UNTYPED = "a cell does not distinguish text from numbers";
  private static final String NESTED = "a cell cannot hold a nested value";
  private static final double NO_MIN = Double.NEGATIVE_INFINITY;
  private static final double NO_MAX = Double.POSITIVE_INFINITY;

  private static final Feature NUMBER = NumberFeature.of("number");
  private static final Feature REQUIRED = number("required", Sentinels.NONE, NO_MIN, NO_MAX, false);
  private static final Feature BOUNDED = number("from 0.1 to 10", Sentinels.NONE, 0.1, 10, true);
  private static final Feature SENTINELS =
      number("with.sentinels", sentinels(-999.0, "NA", "-1", "008", 0.1), NO_MIN, NO_MAX, true);
  private static final Feature FLAG = flag("flag", Sentinels.NONE, true);
  private static final Feature FLAG_SENTINELS = flag("flag or -1", sentinels("NA", -1.0), true);
  private static final Feature PLACE = place("place", new Unseen.Reject(), Sentinels.NONE, true);
  private static final Feature PLACE_MISSING =
      place("dest.place", new Unseen.Missing(), sentinels("NA", "-1"), true);
  private static final Feature PLACE_OTHER =
      place("Ort (ä)", new Unseen.Category("other"), sentinels(""), true);
  private static final Feature STORE = store("store", new Unseen.Reject(), Sentinels.NONE);
  private static final Feature STORE_MISSING =
      store("store id", new Unseen.Missing(), sentinels(-1.0, "NA"));
  private static final Feature STORE_OTHER =
      store("a.b.c", new Unseen.Category("7"), Sentinels.NONE);
  private static final Feature CODE = new CategoryCodeFeature("code", "code", Sentinels.NONE, true);
  private static final Feature HOUR = part(TimestampPart.HOUR, "");
  private static final Feature HOUR_NEW_YORK = part(TimestampPart.HOUR, "America/New_York");
  private static final Feature MINUTE_UTC = part(TimestampPart.MINUTE_OF_DAY, "UTC");
  private static final Feature WEEKDAY = part(TimestampPart.DAY_OF_WEEK, "UTC");
  private static final Feature DAY = part(TimestampPart.DAY_OF_MONTH, "UTC");
  private static final Feature MONTH = part(TimestampPart.MONTH, "UTC");
  private static final Feature YEAR = part(TimestampPart.YEAR, "UTC");
  private static final Feature WEEK = part(TimestampPart.WEEK, "");
  private static final Feature DAY_OF_YEAR = part(TimestampPart.DAY_OF_YEAR, "UTC");
  private static final Feature PURPOSE =
      mapped("purpose", Slot.of(0), sentinels("NA"), -1, "car", Slot.of(1), "tv", Slot.MISSING);
  private static final Feature BRANCH =
      mapped("branch", Slot.REJECT, Sentinels.NONE, MISSING, 10L, Slot.of(0.3125f));
  private static final Feature BRANCH_OTHER =
      mapped("branch or other", Slot.of(7), sentinels(-1.0), 8, 10L, Slot.of(1), 11L, Slot.REJECT);
  private static final Feature MEMBER =
      mapped("member", Slot.REJECT, Sentinels.NONE, 3, true, Slot.of(5), false, Slot.of(4));
  private static final Feature GAP = mapped("gap", Slot.of(0), sentinels(-999.0, "NA"), 1);
  private static final Feature WEEKEND =
      new MappedFeature(
          "weekend",
          "weekend",
          new MappedFeature.Source(
              Optional.of(TimestampPart.DAY_OF_WEEK), Optional.of(ZoneId.of("Europe/Berlin"))),
          List.of(new MappedFeature.Entry(6L, Slot.of(1)), new MappedFeature.Entry(7L, Slot.of(1))),
          Slot.of(0),
          Sentinels.NONE,
          true,
          2);
  private static final Feature INCOME =
      steps("income", Of.DOUBLE, sentinels(-1.0, "NA"), null, 1, 0.1, 2, 1500.5, 3, 1e9, null);
  private static final Feature RATE = steps("rate", Of.FLOAT, Sentinels.NONE, null, 1, 0.1, 2);
  private static final Feature COUNT = steps("count", Of.WHOLE, Sentinels.NONE, null, 1, 3.0, 2);
  private static final Feature OPENED =
      steps("opened", Of.LOCAL, Sentinels.NONE, null, 1, 1_709_251_200_000_000L, 2);
  private static final Feature SINCE =
      steps("since", Of.INSTANT, Sentinels.NONE, null, 1, 1_709_251_200_000_000L, 2);
  private static final Feature FILLED =
      new NumberFeature("filled", "filled", sentinels(0.0), NO_MIN, NO_MAX, true, -1.5f);

  private final List<ValueCase> cases = new ArrayList<>();
  private TableRow row;

  private ValueCases() {}

  /** Returns all cases. */
  public static List<ValueCase> all() {
    ValueCases table = new ValueCases();
    table.numbers();
    table.missing();
    table.notFinite();
    table.outOfRange();
    table.booleans();
    table.wrongTypes();
    table.tooLong();
    table.textCategories();
    table.integerCategories();
    table.unseenCategories();
    table.timestamps();
    table.badTimestamps();
    table.dates();
    table.mapped();
    table.steps();
    table.csvCells();
    table.partitions();
    return List.copyOf(table.cases);
  }

  private void numbers() {
    row = TableRow.NUMBER;
    number(
        "double between two floats is rounded to the even one", 1f, "1.0000000596046448", DOUBLE);
    number("decimal is rounded to a double first", 1f, "1.0000000596046448", DECIMAL);
    number(
        "double between two floats is rounded up to the even one",
        0x1.000004p0f,
        "1.0000001788139343",
        DOUBLE);
    number("above the middle", 0x1.000002p0f, "1.0000000596046452", DOUBLE);
    number("float", 0.1f, "0.10000000149011612", FLOAT);
    number("double", 0.1f, "0.1", DOUBLE);
    number("decimal", 0.1f, "0.1", DECIMAL);
    number("byte", -128, "-128", BYTE);
    number("short", 32_767, "32767", SHORT);
    number("int", -2_147_483_648f, "-2147483648", INT);
    number("int that no float holds", 16_777_216f, "16777217", INT);
    number("int that no float holds is rounded to the even one", 16_777_220f, "16777219", INT);
    number("long", 5_000_000_000f, "5000000000", LONG);
    number("long beyond 2^53", 0x1p53f, "9007199254740993", LONG);
    number("long is rounded to a double first", 0x1p60f, "1152921573326323713", LONG);
    number("largest long", 0x1p63f, "9223372036854775807", LONG);
    number("least long", -0x1p63f, "-9223372036854775808", LONG);
    number(
        "decimal of 38 digits", 1.2345679e19f, "12345678901234567890.123456789012345678", DECIMAL);
    number("small decimal", 1e-18f, "0.000000000000000001", DECIMAL);
    number("negative decimal", -1234.56768f, "-1234.56768", DECIMAL);
    number("zero", 0, "0", INT);
    number("negative zero", 0, "-0.0", DOUBLE);
    number("negative zero as float", 0, "-0.0", FLOAT);
    number("negative zero with an exponent", 0, "-0e-7", DOUBLE);
    number("negative integer zero", 0, "-0", INT);
    number("exponent", 1_500, "1.5e3", DOUBLE);
    number("exponent with plus", 1_500, "15E+2", LONG, 1_500L);
    number("exponent with minus", 0.0015f, "1.5E-3", DOUBLE);
    number("many zeros", 1, "1.000000000000000000000000000000", DOUBLE);
    number("largest float", Float.MAX_VALUE, "3.4028234663852886e38", DOUBLE);
    number("last double below infinity", Float.MAX_VALUE, "3.4028235677973362e38", DOUBLE);
    number("least normal float", Float.MIN_NORMAL, "1.1754943508222875e-38", DOUBLE);
    number("largest denormal", 0x0.fffffep-126f, "1.1754942106924411e-38", DOUBLE);
    number("least denormal", Float.MIN_VALUE, "1e-45", DOUBLE);
    number("denormal float", Float.MIN_VALUE, "1.401298464324817e-45", FLOAT);
    number("half of the least denormal is zero", 0, "7.006492321624085e-46", DOUBLE);
    number("just more than half is the least denormal", Float.MIN_VALUE, "7.1e-46", DOUBLE);
    number("negative underflow loses its sign", 0, "-1e-60", DOUBLE);
    number("least double", 0, "4.9e-324", DOUBLE);
    number("below the least double", 0, "1e-400", DOUBLE, 0.0);
    number("17 digits", 0.33333334f, "0.33333333333333331", DOUBLE);
    number("more digits than a double has", 0.1f, "0.1000000000000000055511151231257827", DOUBLE);
    of("category code", CODE, 3).text("3").parquet(INT, 3);
    of("category code that is no whole number", CODE, 3.5f).text("3.5").parquet(DOUBLE, 3.5);
    of("negative category code", CODE, -1).text("-1").parquet(LONG, -1L);
    of("category code that is infinite", CODE, NOT_FINITE).text("1e39").parquet(DOUBLE, 1e39);
  }

  private void missing() {
    row = TableRow.MISSING;
    for (Feature feature : List.of(NUMBER, FLAG, PLACE, STORE, CODE, HOUR)) {
      Carrier other = feature == HOUR ? TIMESTAMP_NTZ : INT;
      Carrier carrier = feature == PLACE ? STRING : other;
      String name = "null for " + feature.name();
      of(name, feature, MISSING).json("null").csv("").parquet(carrier, null);
    }

    of("absent", NUMBER, MISSING)
        .absent()
        .noCsv("a file without the column is refused")
        .noParquet("a file without the column is refused");
    of("absent but required", REQUIRED, MISSING_VALUE)
        .absent()
        .noCsv("a file without the column is refused")
        .noParquet("a file without the column is refused");
    of("null but required", REQUIRED, MISSING_VALUE).json("null").csv("").parquet(DOUBLE, null);
    nan("NaN as double", NUMBER, MISSING, DOUBLE, Double.NaN);
    nan("NaN as float", NUMBER, MISSING, FLOAT, Float.NaN);
    nan(
        "NaN with other bits",
        NUMBER,
        MISSING,
        DOUBLE,
        Double.longBitsToDouble(0xfff8000000000123L));
    nan("NaN for a boolean", FLAG, MISSING, DOUBLE, Double.NaN);
    nan("NaN for an integer category", STORE, MISSING, DOUBLE, Double.NaN);
    of("NaN but required", REQUIRED, MISSING_VALUE)
        .noJson("JSON has no NaN")
        .noCsv("CSV has no NaN")
        .parquet(DOUBLE, Double.NaN);
    of("number sentinel", SENTINELS, MISSING).text("-999").parquet(INT, -999);
    of("number sentinel in another spelling", SENTINELS, MISSING)
        .text("-9.99e2")
        .parquet(DOUBLE, -999.0);
    of("sentinel rounded as the value is", SENTINELS, MISSING)
        .text("0.10000000149011612")
        .parquet(FLOAT, 0.1f);
    of("decimal sentinel", SENTINELS, MISSING).text("0.1").parquet(DECIMAL, new BigDecimal("0.1"));
    of("float next to the sentinel", SENTINELS, -998.99994f)
        .text("-998.99994")
        .parquet(DOUBLE, -998.99994);
    of("sentinel given as text that spells a number", SENTINELS, MISSING)
        .text("-1")
        .parquet(LONG, -1L);
    of("text sentinel", SENTINELS, MISSING).json(quoted("NA")).csv("NA").noParquet(REFUSED_COLUMN);
    of("text sentinel that spells a number, as text", SENTINELS, MISSING)
        .json(quoted("-1"))
        .csv("-1")
        .noParquet(REFUSED_COLUMN);
    of("text sentinel that looks like a number", SENTINELS, MISSING)
        .json(quoted("008"))
        .csv("008")
        .noParquet(REFUSED_COLUMN);
    of("text sentinel is no number", SENTINELS, 8).text("8").parquet(INT, 8);
    of("number sentinel as text", SENTINELS, WRONG_TYPE)
        .json(quoted("-999"))
        .noCsv(CELL_IS_UNTYPED)
        .noParquet(REFUSED_COLUMN);
    of("sentinel in another case", SENTINELS, WRONG_TYPE)
        .json(quoted("na"))
        .csv("na")
        .noParquet(REFUSED_COLUMN);
    of("sentinel with a blank", SENTINELS, WRONG_TYPE)
        .json(quoted("NA "))
        .csv("NA ")
        .noParquet(REFUSED_COLUMN);
    of(
            "sentinel but required",
            number("strict", sentinels(-1.0), NO_MIN, NO_MAX, false),
            MISSING_VALUE)
        .text("-1")
        .parquet(LONG, -1L);
    of("boolean's number sentinel", FLAG_SENTINELS, MISSING).text("-1").parquet(INT, -1);
    of("boolean's text sentinel", FLAG_SENTINELS, MISSING)
        .json(quoted("NA"))
        .csv("NA")
        .noParquet(REFUSED_COLUMN);
    words("category's sentinel", PLACE_MISSING, MISSING, "NA");
    words("category's sentinel that spells a number", PLACE_MISSING, MISSING, "-1");
    of("empty text as a sentinel", PLACE_OTHER, MISSING)
        .json(quoted(""))
        .noCsv(NULL_CELL)
        .parquet(STRING, "");
    of("integer category's sentinel", STORE_MISSING, MISSING).text("-1").parquet(LONG, -1L);
    of("integer category's sentinel as -1.0", STORE_MISSING, MISSING)
        .text("-1.0")
        .parquet(DOUBLE, -1.0);
    of("integer category's text sentinel", STORE_MISSING, MISSING)
        .json(quoted("NA"))
        .csv("NA")
        .noParquet(REFUSED_COLUMN);
    words("timestamp's sentinel", timestampOrDash(), MISSING, "-");
  }

  private void notFinite() {
    row = TableRow.NOT_FINITE;
    of("beyond double", NUMBER, NOT_FINITE).text("1e400").parquet(DOUBLE, Double.POSITIVE_INFINITY);
    of("below double", NUMBER, NOT_FINITE).text("-1e400").parquet(DOUBLE, Double.NEGATIVE_INFINITY);
    of("infinite float", NUMBER, NOT_FINITE).text("1e999").parquet(FLOAT, Float.POSITIVE_INFINITY);
    of("beyond float", NUMBER, NOT_FINITE).text("1e39").parquet(DOUBLE, 1e39);
    of("below float", NUMBER, NOT_FINITE).text("-1e39").parquet(DOUBLE, -1e39);
    of("first double that rounds to infinity", NUMBER, NOT_FINITE)
        .text("3.4028235677973366e38")
        .parquet(DOUBLE, 3.4028235677973366e38);
    of("beyond float, with bounds", BOUNDED, NOT_FINITE).text("1e39").parquet(DOUBLE, 1e39);
    of("infinite integer category", STORE, NOT_FINITE)
        .text("1e400")
        .parquet(DOUBLE, Double.POSITIVE_INFINITY);
  }

  private void outOfRange() {
    row = TableRow.OUT_OF_RANGE;
    of("lower bound, rounded as the value is", BOUNDED, 0.1f).text("0.1").parquet(FLOAT, 0.1f);
    of("rounds to the lower bound", BOUNDED, 0.1f)
        .text("0.0999999999")
        .parquet(DOUBLE, 0.0999999999);
    of("float below the lower bound", BOUNDED, OUT_OF_RANGE)
        .text("0.09999999")
        .parquet(FLOAT, Math.nextDown(0.1f));
    of("upper bound", BOUNDED, 10).text("10").parquet(INT, 10);
    of("rounds to the upper bound", BOUNDED, 10).text("10.0000001").parquet(DOUBLE, 10.0000001);
    of("above the upper bound", BOUNDED, OUT_OF_RANGE).text("10.000001").parquet(DOUBLE, 10.000001);
    of("far below", BOUNDED, OUT_OF_RANGE).text("-5").parquet(BYTE, (byte) -5);
    of("decimal above", BOUNDED, OUT_OF_RANGE).text("11").parquet(DECIMAL, new BigDecimal("11"));
    of("missing has no range", BOUNDED, MISSING).json("null").csv("").parquet(DOUBLE, null);
  }

  private void booleans() {
    row = TableRow.BOOLEAN;
    of("true", FLAG, 1).text("true").parquet(BOOLEAN, true);
    of("false", FLAG, 0).text("false").parquet(BOOLEAN, false);
    of("1", FLAG, 1).text("1").parquet(INT, 1);
    of("0", FLAG, 0).text("0").parquet(BYTE, (byte) 0);
    of("1.0", FLAG, 1).text("1.0").parquet(DOUBLE, 1.0);
    of("-0.0", FLAG, 0).text("-0.0").parquet(FLOAT, -0f);
    of("decimal 1", FLAG, 1).text("1.00").parquet(DECIMAL, new BigDecimal("1.00"));
    of("2", FLAG, WRONG_TYPE).text("2").parquet(INT, 2);
    of("-1", FLAG, WRONG_TYPE).text("-1").parquet(LONG, -1L);
    of("0.5", FLAG, WRONG_TYPE).text("0.5").parquet(DOUBLE, 0.5);
    of("rounds to 1 but is not 1", FLAG, WRONG_TYPE).text("1.00000001").parquet(DOUBLE, 1.00000001);
    of("infinite", FLAG, WRONG_TYPE).text("1e400").parquet(DOUBLE, Double.POSITIVE_INFINITY);
    of("text true", FLAG, WRONG_TYPE)
        .json(quoted("true"))
        .noCsv(CELL_IS_UNTYPED)
        .noParquet(REFUSED_COLUMN);
    for (String word : List.of("True", "FALSE", "yes", "t", " true")) {
      of("text " + word, FLAG, WRONG_TYPE).json(quoted(word)).csv(word).noParquet(REFUSED_COLUMN);
    }
  }

  private void wrongTypes() {
    row = TableRow.WRONG_TYPE;
    for (String word :
        List.of(
            "abc",
            "1,5",
            "1 000",
            "0x10",
            "NaN",
            "Infinity",
            "1.",
            ".5",
            "+1",
            "01",
            "1e",
            "--1",
            "١",
            "1_0",
            "1d",
            " 1",
            "true ")) {
      of("'%s' for a number".formatted(word), NUMBER, WRONG_TYPE)
          .json(quoted(word))
          .csv(word)
          .noParquet(REFUSED_COLUMN);
    }

    of("text that spells a number", NUMBER, WRONG_TYPE)
        .json(quoted("1"))
        .noCsv(CELL_IS_UNTYPED)
        .noParquet(REFUSED_COLUMN);
    of("empty text for a number", NUMBER, WRONG_TYPE)
        .json(quoted(""))
        .noCsv(NULL_CELL)
        .noParquet(REFUSED_COLUMN);
    of("boolean for a number", NUMBER, WRONG_TYPE).text("true").noParquet(REFUSED_COLUMN);
    of("boolean for an integer category", STORE, WRONG_TYPE)
        .text("false")
        .noParquet(REFUSED_COLUMN);
    of("object for a number", NUMBER, WRONG_TYPE)
        .json("{\"a\":[1]}")
        .noCsv(NESTED)
        .noParquet(REFUSED_COLUMN);
    for (int depth : new int[] {8, 9, 10, 900}) {
      of("array of depth %s for a number".formatted(depth), NUMBER, WRONG_TYPE)
          .json("[".repeat(depth) + "]".repeat(depth))
          .noCsv(NESTED)
          .noParquet(REFUSED_COLUMN);
    }

    of("array for a number", NUMBER, WRONG_TYPE)
        .json("[1]")
        .noCsv(NESTED)
        .noParquet(REFUSED_COLUMN);
    of("empty array for text", PLACE, WRONG_TYPE)
        .json("[]")
        .noCsv(NESTED)
        .noParquet(REFUSED_COLUMN);
    of("object for a timestamp", HOUR, WRONG_TYPE)
        .json("{}")
        .noCsv(NESTED)
        .noParquet(REFUSED_COLUMN);
    of("number for text", PLACE, WRONG_TYPE)
        .json("1")
        .noCsv(CELL_IS_UNTYPED)
        .noParquet(REFUSED_COLUMN);
    of("boolean for text", PLACE, WRONG_TYPE)
        .json("true")
        .noCsv(CELL_IS_UNTYPED)
        .noParquet(REFUSED_COLUMN);
    of("number for a timestamp", HOUR, WRONG_TYPE)
        .json("993376800")
        .noCsv(CELL_IS_UNTYPED)
        .noParquet(REFUSED_COLUMN);
    of("boolean for a timestamp", HOUR, WRONG_TYPE)
        .json("false")
        .noCsv(CELL_IS_UNTYPED)
        .noParquet(REFUSED_COLUMN);
    of("text for an integer category", STORE, WRONG_TYPE)
        .json(quoted("five"))
        .csv("five")
        .noParquet(REFUSED_COLUMN);
    of("text for a category code", CODE, WRONG_TYPE)
        .json(quoted("a"))
        .csv("a")
        .noParquet(REFUSED_COLUMN);
  }

  private void tooLong() {
    row = TableRow.TOO_LONG;
    String typed = "a column holds numbers, not their text";
    of("64 characters", NUMBER, 0.1f).text("0.1" + "0".repeat(61)).noParquet(typed);
    for (int length : new int[] {65, 129, 300, 100_000}) {
      of(length + " characters", NUMBER, TOO_LONG)
          .text("0.1" + "0".repeat(length - 3))
          .noParquet(typed);
    }

    of("exponent of 70 digits", NUMBER, TOO_LONG)
        .text("-1.5e-" + "0".repeat(69) + "1")
        .noParquet(typed);
    of("long number for a boolean", FLAG, TOO_LONG).text("1".repeat(65)).noParquet(typed);
    of("long number for an integer category", STORE_MISSING, TOO_LONG)
        .text("1".repeat(65))
        .noParquet(typed);
    String longest = "x".repeat(65_536);
    of("65,536 bytes", PLACE_MISSING, MISSING)
        .json(quoted(longest))
        .csv(longest)
        .parquet(STRING, longest);
    for (String text : List.of(longest + "x", "ä".repeat(32_769), longest.repeat(3))) {
      of(text.length() + " characters of text", PLACE_MISSING, TOO_LONG)
          .json(quoted(text))
          .csv(text)
          .parquet(STRING, text);
    }

    of("text of 65,537 bytes for a number", NUMBER, WRONG_TYPE)
        .json(quoted(longest + "x"))
        .csv(longest + "x")
        .noParquet(REFUSED_COLUMN);
  }

  private void textCategories() {
    row = TableRow.TEXT_CATEGORY;
    words("first of the vocabulary", PLACE, 0, "ATL");
    words("umlaut composed", PLACE, 1, "M\u00fcnchen");
    words("umlaut decomposed is another category", PLACE, 2, "Mu\u0308nchen");
    words("beyond the basic plane", PLACE, 3, "\ud83d\ude00");
    words("blank", PLACE, 4, " ");
    of("empty text is a value", PLACE, 5).json(quoted("")).noCsv(NULL_CELL).parquet(STRING, "");
    words("comma and quote", PLACE, 7, "a,\"b\"");
    words("line break", PLACE, 8, "two\nlines");
    words("text that spells a number", PLACE, 9, "007");
    words("text without its zeros is another category", PLACE, UNSEEN_CATEGORY, "7");
    words("text that spells null", PLACE, 10, "null");
    words("text that spells true", PLACE, 11, "true");
    words("other case", PLACE, UNSEEN_CATEGORY, "atl");
    words("blank after", PLACE, UNSEEN_CATEGORY, "ATL ");
    words("blank before", PLACE, UNSEEN_CATEGORY, " ATL");
    words("byte order mark before", PLACE, UNSEEN_CATEGORY, "\ufeffATL");
    words("NUL after", PLACE, UNSEEN_CATEGORY, "ATL\0");
    words("prefix", PLACE, UNSEEN_CATEGORY, "AT");
    of("escaped in JSON", PLACE, 0).json("\"\\u0041TL\"").csv("ATL").parquet(STRING, "ATL");
    of("surrogates escaped in JSON", PLACE, 3)
        .json("\"\\ud83d\\uDE00\"")
        .csv("\ud83d\ude00")
        .parquet(STRING, "\ud83d\ude00");
    for (String half : List.of("\\ud83d", "\\ude00", "A\\ud83dTL", "\\ude00\\ud83d")) {
      for (Feature feature : List.of(PLACE, PLACE_MISSING, PLACE_OTHER)) {
        of("unpaired surrogate %s for %s".formatted(half, feature.name()), feature, WRONG_TYPE)
            .json("\"" + half + "\"")
            .noCsv("UTF-8 has no surrogates")
            .noParquet("UTF-8 has no surrogates");
      }
    }
  }

  private void integerCategories() {
    row = TableRow.INTEGER_CATEGORY;
    of("5", STORE, 0).text("5").parquet(INT, 5);
    of("5 as a byte", STORE, 0).text("5").parquet(BYTE, (byte) 5);
    of("5.0", STORE, 0).text("5.0").parquet(DOUBLE, 5.0);
    of("5.0 as a float", STORE, 0).text("5.00").parquet(FLOAT, 5f);
    of("50e-1", STORE, 0).text("50e-1").parquet(DECIMAL, new BigDecimal("5"));
    of("zero", STORE, 2).text("0").parquet(LONG, 0L);
    of("negative zero", STORE, 2).text("-0.0").parquet(DOUBLE, -0.0);
    of("negative category", STORE, 3).text("-3").parquet(SHORT, (short) -3);
    of("category that no float holds", STORE, 4).text("16777217").parquet(INT, 16_777_217);
    of("its neighbour is another category", STORE, UNSEEN_CATEGORY)
        .text("16777216")
        .parquet(INT, 16_777_216);
    of("largest category", STORE, 5).text("9007199254740991").parquet(LONG, 9_007_199_254_740_991L);
    of("beyond 2^53 every long is unseen", STORE, UNSEEN_CATEGORY)
        .text("9007199254740993")
        .parquet(LONG, 9_007_199_254_740_993L);
    of("5.5", STORE, WRONG_TYPE).text("5.5").parquet(DOUBLE, 5.5);
    of("decimal 5.5", STORE, WRONG_TYPE).text("5.50").parquet(DECIMAL, new BigDecimal("5.50"));
    of("text 5", STORE, WRONG_TYPE)
        .json(quoted("5"))
        .noCsv(CELL_IS_UNTYPED)
        .noParquet(REFUSED_COLUMN);
    of("007 is no number", STORE, WRONG_TYPE)
        .json(quoted("007"))
        .csv("007")
        .noParquet(REFUSED_COLUMN);
  }

  private void unseenCategories() {
    row = TableRow.UNSEEN_CATEGORY;
    words("text, rejected", PLACE, UNSEEN_CATEGORY, "XXX");
    words("text, missing", PLACE_MISSING, MISSING, "XXX");
    words("text, named category", PLACE_OTHER, 6, "XXX");
    words("the named category itself", PLACE_OTHER, 6, "other");
    words(
        "text, missing but required",
        place("required", new Unseen.Missing(), Sentinels.NONE, false),
        MISSING_VALUE,
        "XXX");
    of("empty text, missing", place("p", new Unseen.Missing(), Sentinels.NONE, true), 5)
        .json(quoted(""))
        .noCsv(NULL_CELL)
        .parquet(STRING, "");
    of("integer, rejected", STORE, UNSEEN_CATEGORY).text("6").parquet(INT, 6);
    of("integer, missing", STORE_MISSING, MISSING).text("6").parquet(INT, 6);
    of("integer, named category", STORE_OTHER, 1).text("6").parquet(INT, 6);
    of("integer 1e39, named category", STORE_OTHER, 1).text("1e39").parquet(DOUBLE, 1e39);
    of("no whole number, named category", STORE_OTHER, WRONG_TYPE).text("6.5").parquet(DOUBLE, 6.5);
  }

  private void timestamps() {
    row = TableRow.TIMESTAMP;
    local("hour", HOUR, 10, "2001-06-24T10:59:59.999999");
    local("blank for T", HOUR, 10, "2001-06-24 10:00");
    local("date alone is midnight", HOUR, 0, "2001-06-24");
    local("seconds", MINUTE_UTC, 605, "2001-06-24T10:05:59");
    local("fraction of one digit", HOUR, 23, "2001-06-24T23:59:59.9");
    local("fraction of nine digits", HOUR, 23, "2001-06-24T23:59:59.999999999");
    local("Sunday", WEEKDAY, 7, "2001-06-24T00:00");
    local("Monday", WEEKDAY, 1, "2001-06-25T00:00");
    local("1970 began on a Thursday", WEEKDAY, 4, "1970-01-01T00:00");
    local("day before 1970", WEEKDAY, 3, "1969-12-31T23:59:59.999999");
    local("hour before 1970", HOUR, 23, "1969-12-31T23:59:59.999999");
    local("minute before 1970", MINUTE_UTC, 1_439, "1969-12-31T23:59:59.999999");
    local("year before 1970", YEAR, 1969, "1969-12-31T23:59:59.999999");
    local("day of month before 1970", DAY, 31, "1969-12-31T00:00");
    local("leap day", DAY, 29, "2000-02-29T12:00");
    local("day after a leap day", MONTH, 3, "2004-03-01T00:00");
    local("1900 had no leap day", MONTH, 3, "1900-03-01T00:00");
    local("month", MONTH, 12, "2001-12-31T23:59");
    local("year 1", YEAR, 1, "0001-01-01T00:00");
    local("year 0", YEAR, 0, "0000-12-31T00:00");
    local("year 9999", YEAR, 9999, "9999-12-31T23:59:59.999999");
    local("a zone does not change local time", HOUR_NEW_YORK, 10, "2001-06-24T10:00");
    local("local time that a zone skips", HOUR_NEW_YORK, 2, "2001-04-01T02:30");
    instant("Z is converted to the zone, summer", HOUR_NEW_YORK, 6, "2001-06-24T10:00:00Z");
    instant("Z is converted to the zone, winter", HOUR_NEW_YORK, 5, "2001-12-24T10:00:00Z");
    instant("offset", HOUR_NEW_YORK, 6, "2001-06-24T12:00+02:00");
    instant("offset without colon", HOUR_NEW_YORK, 6, "2001-06-24T12:00+0200");
    instant("offset of hours", HOUR_NEW_YORK, 6, "2001-06-24T12:00+02");
    instant("negative offset", HOUR_NEW_YORK, 12, "2001-06-24T10:00-06:00");
    instant("offset of half an hour", MINUTE_UTC, 270, "2001-06-24T10:00+05:30");
    instant("largest offset", MINUTE_UTC, 360, "2001-06-24T00:00+18:00");
    instant("blank for T with offset", MINUTE_UTC, 600, "2001-06-24 10:00Z");
    instant("fraction with offset", MINUTE_UTC, 600, "2001-06-24T10:00:00.5Z");
    instant("second before the clocks go forward", HOUR_NEW_YORK, 1, "2001-04-01T06:59:59Z");
    instant("clocks go forward", HOUR_NEW_YORK, 3, "2001-04-01T07:00:00Z");
    instant("offset gives another day", DAY, 23, "2001-06-24T00:30+01:00");
    instant("offset gives another year", YEAR, 2002, "2001-12-31T23:30-01:00");
    instant("instant before 1970", HOUR_NEW_YORK, 18, "1969-12-31T23:59:59.999999Z");
    of("date with offset", YEAR, 2001)
        .json(quoted("2001-06-24Z"))
        .csv("2001-06-24Z")
        .parquet(TIMESTAMP, micros("2001-06-24T00:00"));
    extreme("last instant", TIMESTAMP, YEAR, 294_247, Long.MAX_VALUE);
    extreme("first instant", TIMESTAMP, YEAR, -290_308, Long.MIN_VALUE);
    extreme("last instant in a zone", TIMESTAMP, HOUR_NEW_YORK, 23, Long.MAX_VALUE);
    extreme("first instant in a zone", TIMESTAMP, HOUR_NEW_YORK, 15, Long.MIN_VALUE);
    extreme("last local time", TIMESTAMP_NTZ, MONTH, 1, Long.MAX_VALUE);
    extreme("first local time", TIMESTAMP_NTZ, HOUR, 19, Long.MIN_VALUE);
    of("instant without zone", HOUR, BAD_TIMESTAMP)
        .json(quoted("2001-06-24T10:00:00Z"))
        .csv("2001-06-24T10:00:00Z")
        .noParquet(REFUSED_COLUMN);
    of("offset without zone", HOUR, BAD_TIMESTAMP)
        .json(quoted("2001-06-24T10:00+00:00"))
        .csv("2001-06-24T10:00+00:00")
        .noParquet(REFUSED_COLUMN);
  }

  private void badTimestamps() {
    for (String text :
        List.of(
            "yesterday",
            "2001-02-29",
            "1900-02-29",
            "2001-13-01",
            "2001-00-10",
            "2001-06-31",
            "2001-06-00",
            "2001-6-24",
            "01-06-24",
            "12001-06-24",
            "-2001-06-24",
            "20010624",
            "2001/06/24",
            "2001-06-24T",
            "2001-06-24T10",
            "2001-06-24T24:00",
            "2001-06-24T10:60",
            "2001-06-24T10:00:60",
            "2001-06-24T10:00:00.",
            "2001-06-24T10:00:00,5",
            "2001-06-24T10:00:00.1234567890",
            "2001-06-24t10:00",
            "2001-06-24T10:00z",
            "2001-06-24T10:00+18:01",
            "2001-06-24T10:00+2",
            "2001-06-24T10:00+02:",
            "2001-06-24T10:00+02:60",
            "2001-06-24T10:00 +02:00",
            "2001-06-24T10:00Z ",
            " 2001-06-24",
            "2001-06-24  10:00",
            "2001-06-24T10:00[UTC]",
            "10:00",
            "993376800",
            "2001-06-24T1O:00",
            "２００１-06-24")) {
      of("'%s'".formatted(text), MINUTE_UTC, BAD_TIMESTAMP)
          .json(quoted(text))
          .csv(text)
          .noParquet(REFUSED_COLUMN);
    }

    of("empty text", HOUR, BAD_TIMESTAMP)
        .json(quoted(""))
        .noCsv(NULL_CELL)
        .noParquet(REFUSED_COLUMN);
    of("unpaired surrogate", HOUR, BAD_TIMESTAMP)
        .json("\"2001-06-24\\ud800\"")
        .noCsv("UTF-8 has no surrogates")
        .noParquet(REFUSED_COLUMN);
  }

  private void dates() {
    row = TableRow.TIMESTAMP;
    int day = 19_783; // 2024-03-01, a Friday
    String text = "2024-03-01";
    of("date for the weekday", WEEKDAY, 5).json(quoted(text)).csv(text).parquet(DATE, day);
    of("date for the week", WEEK, 9).json(quoted(text)).csv(text).parquet(DATE, day);
    of("date for the day of the year", DAY_OF_YEAR, 61)
        .json(quoted(text))
        .csv(text)
        .parquet(DATE, day);
    of("date for the year", YEAR, 2024).json(quoted(text)).csv(text).parquet(DATE, day);
    of("date before 1970 for the day", DAY, 31)
        .json(quoted("1969-12-31"))
        .csv("1969-12-31")
        .parquet(DATE, -1);
    of("missing date", MONTH, MISSING).json("null").csv("").parquet(DATE, null);
    of("date for steps", OPENED, 2).json(quoted(text)).csv(text).parquet(DATE, day);
    of("date before a step", OPENED, 1)
        .json(quoted("2024-02-29"))
        .csv("2024-02-29")
        .parquet(DATE, day - 1);
    of("date for a table of weekdays", WEEKEND, 0).json(quoted(text)).csv(text).parquet(DATE, day);
    of("date for any value", GAP, 0).json(quoted(text)).csv(text).parquet(DATE, day);
  }

  private void mapped() {
    row = TableRow.MAPPED;
    words("known text", PURPOSE, 1, "car");
    words("text that means missing by its slot", PURPOSE, MISSING, "tv");
    words("other text", PURPOSE, 0, "Car");
    words("missing text", PURPOSE, -1, "NA");
    of("null", PURPOSE, -1).json("null").csv("").parquet(STRING, null);
    of("absent", PURPOSE, -1).absent().csv("").parquet(STRING, null);
    of("number for text", PURPOSE, WRONG_TYPE)
        .json("5")
        .noCsv(CELL_IS_UNTYPED)
        .noParquet(REFUSED_COLUMN);
    of("whole number", BRANCH, 0.3125f).text("10").parquet(INT, 10);
    of("whole number as double", BRANCH, 0.3125f).text("10.0").parquet(DOUBLE, 10.0);
    of("whole number as decimal", BRANCH, 0.3125f)
        .text("1e1")
        .parquet(DECIMAL, new BigDecimal("10"));
    of("other number", BRANCH, UNSEEN_CATEGORY).text("12").parquet(LONG, 12L);
    of("fraction where others are refused", BRANCH, WRONG_TYPE).text("10.5").parquet(DOUBLE, 10.5);
    of("fraction where others are accepted", BRANCH_OTHER, 7).text("10.5").parquet(DOUBLE, 10.5);
    of("other number that is accepted", BRANCH_OTHER, 7).text("-3").parquet(BYTE, (byte) -3);
    of("value that is refused", BRANCH_OTHER, UNSEEN_CATEGORY)
        .text("11")
        .parquet(SHORT, (short) 11);
    of("sentinel", BRANCH_OTHER, 8).text("-1").parquet(INT, -1);
    nan("NaN", BRANCH_OTHER, 8, DOUBLE, Double.NaN);
    of("infinite", BRANCH_OTHER, NOT_FINITE)
        .text("1e999")
        .parquet(DOUBLE, Double.POSITIVE_INFINITY);
    of("true", MEMBER, 5).text("true").parquet(BOOLEAN, true);
    of("false", MEMBER, 4).text("false").parquet(BOOLEAN, false);
    of("1 for true", MEMBER, 5).text("1").parquet(INT, 1);
    of("2 for a boolean", MEMBER, WRONG_TYPE).text("2").parquet(INT, 2);
    of("no boolean", MEMBER, 3).json("null").csv("").parquet(BOOLEAN, null);
    of("any number", GAP, 0).text("12.5").parquet(DOUBLE, 12.5);
    of("any boolean", GAP, 0).text("true").parquet(BOOLEAN, true);
    words("any text", GAP, 0, "text");
    of("no value", GAP, 1).json("null").csv("").parquet(DOUBLE, null);
    nan("any NaN", GAP, 1, FLOAT, Float.NaN);
    of("any sentinel", GAP, 1).text("-999").parquet(INT, -999);
    words("any sentinel of text", GAP, 1, "NA");
    of("any nested value", GAP, WRONG_TYPE).json("[1]").noCsv(NESTED).noParquet(REFUSED_COLUMN);
    instant("part of a time", WEEKEND, 1, "2024-03-01T23:30:00Z");
    of("no time", WEEKEND, 2).json("null").csv("").parquet(TIMESTAMP, null);
    of("not a time", WEEKEND, BAD_TIMESTAMP)
        .json(quoted("Friday"))
        .csv("Friday")
        .parquet(STRING, "Friday");
  }

  private void steps() {
    row = TableRow.STEPS;
    of("below all cuts", INCOME, 1).text("-5").parquet(INT, -5);
    of("at a cut", INCOME, 2).text("0.1").parquet(DOUBLE, 0.1);
    of("the float above a cut", INCOME, 2).text("0.10000000149011612").parquet(FLOAT, 0.1f);
    of("just below a cut", INCOME, 1)
        .text("0.09999999999999999")
        .parquet(DOUBLE, Math.nextDown(0.1));
    of("decimal at a cut", INCOME, 3).text("1500.5").parquet(DECIMAL, new BigDecimal("1500.5"));
    of("step that is refused", INCOME, OUT_OF_RANGE).text("1e9").parquet(LONG, 1_000_000_000L);
    of("sentinel", INCOME, MISSING).text("-1").parquet(INT, -1);
    of("null", INCOME, MISSING).json("null").csv("").parquet(DOUBLE, null);
    nan("NaN", INCOME, MISSING, DOUBLE, Double.NaN);
    of("infinite", INCOME, NOT_FINITE).text("-1e999").parquet(DOUBLE, Double.NEGATIVE_INFINITY);
    of("text for a number", INCOME, WRONG_TYPE)
        .json(quoted("much"))
        .csv("much")
        .noParquet(REFUSED_COLUMN);
    of("float at a cut", RATE, 2).text("0.1").parquet(FLOAT, 0.1f);
    of("double that rounds to a cut", RATE, 2).text("0.1").parquet(DOUBLE, Math.nextDown(0.1));
    of("infinite as float", RATE, NOT_FINITE).text("1e39").parquet(DOUBLE, 1e39);
    of("whole number", COUNT, 2).text("3.0").parquet(DOUBLE, 3.0);
    of("fraction", COUNT, WRONG_TYPE).text("3.5").parquet(DOUBLE, 3.5);
    local("local time at a cut", OPENED, 2, "2024-03-01T00:00:00");
    local("local time before a cut", OPENED, 1, "2024-02-29 23:59:59.999999");
    instant("instant at a cut", SINCE, 2, "2024-03-01T02:00:00+02:00");
    of("local time for an instant", SINCE, BAD_TIMESTAMP)
        .json(quoted("2024-03-01T00:00:00"))
        .csv("2024-03-01T00:00:00")
        .noParquet(REFUSED_COLUMN);
    row = TableRow.MISSING;
    of("null that is filled", FILLED, -1.5f).json("null").csv("").parquet(DOUBLE, null);
    of("null of floats that is filled", FILLED, -1.5f).json("null").csv("").parquet(FLOAT, null);
    of("absent value that is filled", FILLED, -1.5f).absent().csv("").parquet(INT, null);
    of("sentinel that is filled", FILLED, -1.5f).text("0").parquet(LONG, 0L);
    nan("NaN that is filled", FILLED, -1.5f, DOUBLE, Double.NaN);
  }

  private void csvCells() {
    row = TableRow.CSV_CELL;
    for (Feature feature : List.of(NUMBER, FLAG, PLACE, PLACE_OTHER, STORE_OTHER, HOUR)) {
      Carrier other = feature == HOUR ? TIMESTAMP_NTZ : DOUBLE;
      Carrier carrier = feature == PLACE || feature == PLACE_OTHER ? STRING : other;
      of("empty is null for " + feature.name(), feature, MISSING)
          .json("null")
          .csv("")
          .parquet(carrier, null);
    }

    of("blank for a number", NUMBER, WRONG_TYPE)
        .json(quoted(" "))
        .csv(" ")
        .noParquet(REFUSED_COLUMN);
    of("null as a word", NUMBER, WRONG_TYPE)
        .json(quoted("null"))
        .csv("null")
        .noParquet(REFUSED_COLUMN);
  }

  private void partitions() {
    row = TableRow.PARTITION;
    of("007 for a number", NUMBER, WRONG_TYPE)
        .json(quoted("007"))
        .csv("007")
        .parquet(STRING, "007");
    of("7 for a number", NUMBER, 7).text("7").parquet(STRING, "7");
    of("true for a boolean", FLAG, 1).text("true").parquet(STRING, "true");
    words("007 for text", PLACE, 9, "007");
    of("null", PLACE, MISSING).json("null").csv("").parquet(STRING, null);
    words("date for a timestamp", WEEKDAY, 7, "2001-06-24");
  }

  // The methods below write one value in the form of each face.

  private Draft of(String name, Feature feature, float slot) {
    return new Draft(name, feature, slot, Optional.empty());
  }

  private Draft of(String name, Feature feature, FaultCode fault) {
    return new Draft(name, feature, MISSING, Optional.of(fault));
  }

  private void number(String name, float slot, String text, Carrier carrier) {
    Object value =
        switch (carrier) {
          case BYTE -> Byte.valueOf(text);
          case SHORT -> Short.valueOf(text);
          case INT -> Integer.valueOf(text);
          case LONG -> Long.valueOf(text);
          case FLOAT -> Float.valueOf(text);
          case DOUBLE -> Double.valueOf(text);
          case DECIMAL -> new BigDecimal(text);
          default -> throw new IllegalArgumentException(carrier.name());
        };
    number(name, slot, text, carrier, value);
  }

  private void number(String name, float slot, String text, Carrier carrier, Object value) {
    of(name, NUMBER, slot).text(text).parquet(carrier, value);
  }

  private void nan(String name, Feature feature, float slot, Carrier carrier, Object value) {
    of(name, feature, slot)
        .noJson("JSON has no NaN")
        .noCsv("CSV has no NaN")
        .parquet(carrier, value);
  }

  private void words(String name, Feature feature, float slot, String text) {
    words(of(name, feature, slot), text);
  }

  private void words(String name, Feature feature, FaultCode fault, String text) {
    words(of(name, feature, fault), text);
  }

  private void words(Draft draft, String text) {
    draft.json(quoted(text)).csv(text);
    if (draft.feature instanceof TimestampFeature) {
      draft.noParquet("a timestamp column holds no such text");
    } else {
      draft.parquet(STRING, text);
    }
  }

  private void local(String name, Feature feature, float slot, String text) {
    String iso = text.length() == 10 ? text + "T00:00" : text.replace(' ', 'T');
    of(name, feature, slot).json(quoted(text)).csv(text).parquet(TIMESTAMP_NTZ, micros(iso));
  }

  private void instant(String name, Feature feature, float slot, String text) {
    int zone = Math.max(text.indexOf('Z'), Math.max(text.indexOf('+'), text.lastIndexOf('-')));
    ZoneOffset offset = ZoneOffset.of(text.substring(zone));
    long micros =
        micros(text.substring(0, zone).replace(' ', 'T')) - offset.getTotalSeconds() * 1_000_000L;
    of(name, feature, slot).json(quoted(text)).csv(text).parquet(TIMESTAMP, micros);
  }

  private void extreme(String name, Carrier carrier, Feature feature, float slot, long micros) {
    String years = "text has years of four digits";
    of(name, feature, slot).noJson(years).noCsv(years).parquet(carrier, micros);
  }

  private static long micros(String iso) {
    LocalDateTime time = LocalDateTime.parse(iso);
    return time.toEpochSecond(ZoneOffset.UTC) * 1_000_000L + time.getNano() / 1_000;
  }

  private static String quoted(String text) {
    return '"'
        + text.replace("\\", "\\\\")
            .replace("\"", "\\\"")
            .replace("\n", "\\n")
            .replace("\0", "\\u0000")
        + '"';
  }

  private static Sentinels sentinels(Object... values) {
    return Sentinels.of(List.of(values));
  }

  private static Feature number(
      String name, Sentinels missing, double min, double max, boolean nullable) {
    return new NumberFeature(name, name, missing, min, max, nullable);
  }

  private static Feature flag(String name, Sentinels missing, boolean nullable) {
    return new BooleanFeature(name, name, missing, nullable);
  }

  private static Feature place(String name, Unseen unseen, Sentinels missing, boolean nullable) {
    return new TextCategoryFeature(
        name,
        name,
        List.of(
            "ATL",
            "M\u00fcnchen",
            "Mu\u0308nchen",
            "\ud83d\ude00",
            " ",
            "",
            "other",
            "a,\"b\"",
            "two\nlines",
            "007",
            "null",
            "true"),
        unseen,
        missing,
        nullable);
  }

  private static Feature store(String name, Unseen unseen, Sentinels missing) {
    return new IntegerCategoryFeature(
        name,
        name,
        List.of(5L, 7L, 0L, -3L, 16_777_217L, 9_007_199_254_740_991L),
        unseen,
        missing,
        true);
  }

  private static Feature part(TimestampPart part, String zone) {
    return new TimestampFeature(
        part.key() + " " + zone,
        "scheduled." + part.key() + zone,
        part,
        zone.isEmpty() ? Optional.empty() : Optional.of(ZoneId.of(zone)),
        Sentinels.NONE,
        true);
  }

  private static Feature mapped(
      String name, Slot other, Sentinels missing, float ifMissing, Object... valuesAndSlots) {
    List<MappedFeature.Entry> entries = new ArrayList<>();
    for (int at = 0; at < valuesAndSlots.length; at += 2) {
      entries.add(new MappedFeature.Entry(valuesAndSlots[at], (Slot) valuesAndSlots[at + 1]));
    }

    return new MappedFeature(
        name, name, MappedFeature.Source.VALUE, entries, other, missing, true, ifMissing);
  }

  private static Feature steps(String name, Of of, Sentinels missing, Object... fromsAndSlots) {
    List<StepsFeature.Step> steps = new ArrayList<>();
    for (int at = 0; at < fromsAndSlots.length; at += 2) {
      Integer slot = (Integer) fromsAndSlots[at + 1];
      steps.add(
          new StepsFeature.Step(
              (Number) fromsAndSlots[at], slot == null ? Slot.REJECT : Slot.of(slot)));
    }

    return new StepsFeature(
        name, name, of, Optional.empty(), steps, NO_MIN, NO_MAX, missing, true, MISSING);
  }

  private static Feature timestampOrDash() {
    return new TimestampFeature(
        "at", "at", TimestampPart.HOUR, Optional.empty(), sentinels("-"), true);
  }

  /** A case whose last face is not set yet. */
  private final class Draft {
    private final String name;
    private final Feature feature;
    private final float slot;
    private final Optional<FaultCode> fault;
    private Face json;
    private Face csv;

    Draft(String name, Feature feature, float slot, Optional<FaultCode> fault) {
      this.name = name;
      this.feature = feature;
      this.slot = slot;
      this.fault = fault;
    }

    /** The same text in JSON and CSV. */
    Draft text(String text) {
      return json(text).csv(text);
    }

    Draft json(String text) {
      json = new Face.Text(text);
      return this;
    }

    Draft absent() {
      json = new Face.Absent();
      return this;
    }

    Draft noJson(String why) {
      json = new Face.None(why);
      return this;
    }

    Draft csv(String cell) {
      csv = new Face.Text(cell);
      return this;
    }

    Draft noCsv(String why) {
      csv = new Face.None(why);
      return this;
    }

    void parquet(Carrier carrier, Object value) {
      add(new Face.Typed(carrier, value));
    }

    void noParquet(String why) {
      add(new Face.None(why));
    }

    private void add(Face parquet) {
      cases.add(new ValueCase(row, name, feature, json, csv, parquet, slot, fault));
    }
  }
}
