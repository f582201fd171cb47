// Changes and times in words: few digits and no trap, however wild the number.

import Comparisons
import Glibc
import Testing

@Test func changesAreAFewDigits() {
    #expect(changeText(log: log(1.043)) == "+4.3 %")
    #expect(changeText(log: log(0.5)) == "-50.0 %")
    #expect(changeText(log: log(3.12)) == "+212 %")
    #expect(changeText(log: log(37.2)) == "×37")
    #expect(changeText(log: 40) == "over ×1000")
    #expect(changeText(log: .infinity) == "over ×1000")
    #expect(changeText(log: -900) == "-100 %")
    #expect(changeText(log: -0.0001) == "+0.0 %")
}

@Test func timesEndAtAnHour() {
    #expect(timeText(logMilliseconds: log(3.2)) == "3.20 ms")
    #expect(timeText(logMilliseconds: 30) == "over 1 h")
    #expect(timeText(logMilliseconds: 900) == "over 1 h")
    #expect(timeText(logMilliseconds: -900) == "0 ns")
}
