// Group-sequential levels: what they must add up to, however the looks are spaced.

import Glibc
import Quantities
import Statistics
import TestSupport
import Testing

private let spendings: [Spending] = [.hwangShihDeCani(-2), .hwangShihDeCani(3), .obrienFleming, .pocock]

@Test func spendingStartsAtNothingAndEndsAtAlpha() {
    let all = spendings + [.hwangShihDeCani(0), .hwangShihDeCani(1e-9), .hwangShihDeCani(100), .hwangShihDeCani(-100)]
    for spending in all {
        for alpha in [0.05, 1e-4] {
            #expect(spending.spent(at: 0, of: alpha) == 0)
            #expect(spending.spent(at: 1, of: alpha) == alpha)
            let path = (0...50).map { spending.spent(at: Double($0) / 50, of: alpha) }
            #expect(zip(path, path.dropFirst()).allSatisfy { $0 <= $1 }, "\(spending)")
        }
    }
    // Even spending, and what is next to it.
    #expect(Spending.hwangShihDeCani(0).spent(at: 0.3, of: 0.05) == 0.05 * 0.3)
    #expect(close(Spending.hwangShihDeCani(1e-9).spent(at: 0.3, of: 0.05), 0.015))
    // method: alpha (1 - exp(2t)) / (1 - exp(2)).
    #expect(close(Spending.hwangShihDeCani(-2).spent(at: 0.5, of: 0.05), 0.05 * (1 - exp(1)) / (1 - exp(2))))
    #expect(close(Spending.pocock.spent(at: 0.25, of: 0.05), 0.05 * log(1 + (exp(1) - 1) / 4)))
    #expect(close(Spending.obrienFleming.spent(at: 0.25, of: 0.05), 2 * Normal.cumulative(-2 * 1.9599639845400545)))
}

@Test func oneLookIsTheTestItself() {
    for spending in spendings {
        for alpha in [0.4, 0.05, 1e-4, 1e-12] {
            let plan = SequentialPlan(fractions: [1], alpha: alpha, spending: spending)
            #expect(plan.increments == [alpha])
            #expect(close(plan.nominal[0], alpha, relative: 1e-12))
        }
    }
}

@Test func lookingTwiceIsAFieldOfTwoNormals() {
    // Two equal looks at Pocock's constant boundary: Jennison and Turnbull (2000), table 2.1, two-sided 5 %: z = 2.178.
    // One-sided 2.5 % is the same but for 1e-4. Spend at the first look what that boundary spends.
    let first = Normal.cumulative(-2.178273)
    var (low, high) = (-10.0, 10.0)
    for _ in 0..<60 {
        let middle = (low + high) / 2
        let spent = Spending.hwangShihDeCani(middle).spent(at: 0.5, of: 0.025)
        if spent < first { low = middle } else { high = middle }
    }
    let plan = SequentialPlan(fractions: [0.5, 1], alpha: 0.025, spending: .hwangShihDeCani(low))
    #expect(close(plan.nominal[0], first))
    #expect(abs(-Normal.quantile(plan.nominal[1]) - 2.178273) < 2e-4)
}

@Test(arguments: spendings)
func levelsOfAnyPlan(spending: Spending) {
    for (seed, generator) in seededCases(30) {
        var random = generator
        let looks = 1 + Int(random.below(20))
        let steps = (0..<looks).map { _ in exp(4 * random.unit()) }
        let whole = steps.reduce(0, +)
        let fractions = (1...looks).map { $0 == looks ? 1 : steps.prefix($0).reduce(0, +) / whole }
        let alpha = exp(-0.7 - 10 * random.unit())
        let plan = SequentialPlan(fractions: fractions, alpha: alpha, spending: spending)
        #expect(plan.nominal.count == looks && plan.increments.count == looks)
        #expect(close(plan.increments.reduce(0, +), alpha, relative: 1e-12), "seed \(seed)")
        for (nominal, increment) in zip(plan.nominal, plan.increments) where increment > 1e-15 * alpha {
            // Bonferroni's level is always allowed; alpha itself is the most.
            #expect(nominal >= increment * (1 - 1e-12) && nominal < alpha * (1 + 1e-12), "seed \(seed)")
        }
        // What is decided at a look does not depend on the looks that follow.
        if looks > 2 {
            let kept = Array(fractions.prefix(looks - 2)) + [1]
            let shorter = SequentialPlan(fractions: kept, alpha: alpha, spending: spending)
            #expect(shorter.nominal.prefix(looks - 2) == plan.nominal.prefix(looks - 2), "seed \(seed)")
        }
    }
}

/// How many of so many walks cross the plan's boundaries, look by look, if they are looked at at `fractions`.
private func crossings(_ plan: SequentialPlan, _ fractions: [Double], walks: Double, seed: UInt64) -> [Int] {
    var random = SeededRandom(seed: seed)
    let limits = zip(plan.nominal, fractions).map { -Normal.quantile($0) * $1.squareRoot() }
    let steps = zip(fractions, [0] + fractions).map { ($0 - $1).squareRoot() }
    var counts = [Int](repeating: 0, count: fractions.count)
    for _ in 0..<Int(walks) {
        var place = 0.0
        for look in fractions.indices {
            place += steps[look] * random.normal()
            if place > limits[look] {
                counts[look] += 1
                break
            }
        }
    }
    return counts
}

@Test(arguments: [
    ([0.1, 0.13, 0.5, 0.9, 1], Spending.hwangShihDeCani(-2), 0.05), ([0.6, 0.61, 1], .pocock, 0.1),
    ([0.05, 0.4, 0.95, 1], .obrienFleming, 0.2)
])
func walksCrossAsOftenAsIsSpent(fractions: [Double], spending: Spending, alpha: Double) {
    let plan = SequentialPlan(fractions: fractions, alpha: alpha, spending: spending)
    let walks = 2_000_000.0
    let counts = crossings(plan, fractions, walks: walks, seed: 11)
    for (count, increment) in zip(counts, plan.increments) {
        // Four binomial standard deviations and one walk: missed by chance once in 16,000.
        let deviation = (walks * increment * (1 - increment)).squareRoot()
        #expect(abs(Double(count) - walks * increment) < 4 * deviation + 1, "\(fractions)")
    }
    // It has teeth: the levels of equal looks, taken at these fractions, do not hold, and half as many walks show it.
    let equal = fractions.indices.map { Double($0 + 1) / Double(fractions.count) }
    let wrong = SequentialPlan(fractions: equal, alpha: alpha, spending: spending)
    let few = 1_000_000.0
    let total = crossings(wrong, fractions, walks: few, seed: 12).reduce(0, +)
    #expect(abs(Double(total) - few * alpha) > 5 * (few * alpha * (1 - alpha)).squareRoot(), "\(total)")
}

@Test func looksThatAreCloseTogether() {
    // A look that comes just after another finds next to nothing that is new, and changes the last level little.
    for spending in spendings {
        let plain = SequentialPlan(fractions: [0.4, 1], alpha: 0.05, spending: spending)
        for gap in [1e-3, 1e-5, 1e-6] {
            let plan = SequentialPlan(fractions: [0.4, 0.4 + gap, 1], alpha: 0.05, spending: spending)
            #expect(plan.nominal[0] == plain.nominal[0])
            #expect(abs(plan.nominal[2] / plain.nominal[1] - 1) < 5 * gap, "\(spending), \(gap)")
            #expect(plan.nominal[1] > plan.increments[1])
        }
    }
}

@Test func levelsThatAreNextToNothing() {
    // O'Brien and Fleming's first of 400 looks would need 49 deviations of one.
    let looks = [0.0025, 0.5, 1]
    let plan = SequentialPlan(fractions: looks, alpha: 0.01, spending: .obrienFleming)
    let plain = SequentialPlan(fractions: [0.5, 1], alpha: 0.01, spending: .obrienFleming)
    #expect(plan.nominal[0] == 0)
    #expect(close(plan.nominal[1], plain.nominal[0], relative: 1e-12))
    #expect(close(plan.nominal[2], plain.nominal[1], relative: 1e-12))
    // All is spent at the first look; what rounding leaves for the others opens no door.
    let early = SequentialPlan(fractions: [0.5, 0.6, 1], alpha: 0.05, spending: .hwangShihDeCani(100))
    #expect(close(early.nominal[0], 0.05))
    #expect(early.nominal[1] < 1e-12 && early.nominal[2] < 1e-12)
}
