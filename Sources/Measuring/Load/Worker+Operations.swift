// One operation from its intended start to its end, whatever that is: sent, paged, answered, failed, given up.

import Bytes
import CQLProtocol
import Quantities
import Recordings

extension Worker {
    /// Sends an operation, or writes down at once why it could not be sent.
    func dispatch(_ item: Int, seed: UInt64, intended: Instant, now: Instant, side: Side, slice: Int32) {
        let statement = traffic.statement(of: item, seed: seed)
        if slice >= 0 { slices[Int(slice)]!.operations[statement].intended += 1 }
        if speaksHTTP[side.index] {
            return request(
                item, seed: seed, intended: intended, now: now, side: side, slice: slice, statement: statement)
        }
        let flight = Flight(
            intended: intended.nanoseconds, sent: now.nanoseconds, slice: slice, statement: Int32(statement),
            item: item,
            seed: seed)
        if statements[statement].fanOut > 1 { fanOut(item, statement, flight, side) } else { send(flight, side) }
    }

    /// Sends a request, of which only the link is not known yet.
    func send(_ flight: Flight, _ side: Side) {
        let statement = Int(flight.statement)
        let isBound = bind(flight.item, seed: flight.seed, statement, side)
        guard let link = isBound ? pickOwner(statement, side) ?? pickLink(side) : pickLink(side) else {
            refuse(flight, isConnected(side) ? .overflow : .notConnected)
            return
        }
        var flight = flight
        flight.link = Int32(link.index)
        guard let index = flights.insert(flight) else { return refuse(flight, .overflow) }
        let stream = link.streams.take(index)!
        flights.with(index) { $0.stream = stream }
        if flight.slice >= 0 {
            let accumulator = slices[Int(flight.slice)]!
            if flight.gather < 0 { accumulator.outstanding += 1 }
            accumulator.coordinators[link.node] += 1
        }
        write(index, on: link, pagingState: nil, isBound: isBound)
    }

    /// A request that never left: it failed, and counts.
    func refuse(_ flight: Flight, _ outcome: OutcomeClass) {
        if flight.gather >= 0 { return gathered(flight, outcome, now: Instant(nanoseconds: flight.sent)) }
        if flight.slice >= 0 {
            slices[Int(flight.slice)]!.fail(Int(flight.statement), outcome.index, timeOut: settings.timeOut)
        }
        if isClosedLoop {
            ended += 1
            onFailure?(flight.item, outcome)
        }
    }

    /// Writes the request of a flight into the link's buffer; `flush` sends it. `isBound`: its values stand in `bound`.
    func write(_ index: Int32, on link: Link, pagingState: UnsafeRawBufferPointer?, isBound: Bool = false) {
        let flight = flights[index]
        let statement = Int(flight.statement)
        let timestamp =
            statements[statement].isTimed ? traffic.timestampMicroseconds(of: flight.item, seed: flight.seed) : nil
        let traced = statements[statement].tracedShare > 0 && isTraced(flight, statements[statement].tracedShare)
        if let template = link.templates[statement] {
            let start = template.begin(
                stream: flight.stream, paged: pagingState != nil, timed: timestamp != nil, traced: traced,
                into: &link.out.messages)
            if isBound {
                link.out.messages.put(bytes: bound.bytes)
            } else {
                traffic.writeValues(of: flight.item, seed: flight.seed, on: link.side, into: &link.out.messages)
            }
            template.end(start, pagingState: pagingState, timestampMicroseconds: timestamp, into: &link.out.messages)
        } else if let batch = link.batches[statement] {
            let start = batch.begin(stream: flight.stream, traced: traced, into: &link.out.messages)
            traffic.writeBatch(of: flight.item, seed: flight.seed, on: link.side, into: &link.out.messages) {
                index, writer in
                batch.beginStatement(index, into: &writer)
            }
            batch.end(start, timestampMicroseconds: timestamp, into: &link.out.messages)
        } else {
            preconditionFailure("a ready link has all statements prepared")
        }
        markDirty(link)
    }

    /// Whether an operation asks for a trace: drawn from its number, so that it is the same on both sides.
    private func isTraced(_ flight: Flight, _ share: Double) -> Bool {
        var random = SeededRandom(seed: SeededRandom.derive(flight.seed ^ 0x7472_6163_6564, UInt64(flight.item)))
        return random.unit() < share
    }

    func markDirty(_ link: Link) {
        if link.isDirty { return }
        link.isDirty = true
        dirty.append(link.index)
    }

    /// One send for each link that has something to say.
    func flush() {
        if speaksHTTP[0] || speaksHTTP[1] { turnEngines() }
        guard !dirty.isEmpty else { return }
        for index in dirty {
            let link = links[index]
            link.isDirty = false
            // One that broke meanwhile has nothing to say, and one that is being made again is watched for that.
            if link.isReady { flush(link) }
        }
        dirty.removeAll(keepingCapacity: true)
    }

    /// An answer, or part of one. One that cannot be read fails its own operation by name, and then the connection.
    func answered(_ frame: Frame, on link: Link, now: Instant) throws(ProtocolError) {
        do {
            try take(answer: frame, on: link, now: now)
        } catch {
            if case .flight(let index) = link.streams.holder(frame.header.stream) {
                link.streams.release(frame.header.stream)
                fail(index, .malformedAnswer)
            }
            throw error
        }
    }

    private func take(answer frame: Frame, on link: Link, now: Instant) throws(ProtocolError) {
        let stream = frame.header.stream
        switch link.streams.holder(stream) {
        case .nobody: throw .malformed("an answer on stream \(stream), which nobody waits for")
        case .abandoned:
            link.streams.release(stream)
        case .flight(let index):
            let size = FrameHeader.size + frame.header.length
            switch frame.header.opcode {
            case .result:
                let statement = Int(flights[index].statement)
                let summary = try ResultSummary.read(
                    frame.body, flags: frame.header.flags, conditional: statements[statement].isConditional)
                flights.with(index) {
                    $0.rows += summary.rowCount
                    $0.bytes += size
                    $0.pages += 1
                }
                if let changed = summary.changedID {
                    link.templates[statement]?.change(metadataID: Array(changed))
                }
                if let state = summary.pagingState, statements[statement].pageSize != nil,
                    flights[index].pages < statements[statement].pages
                {
                    write(index, on: link, pagingState: state)
                } else {
                    link.streams.release(stream)
                    complete(index, now: now, isNotApplied: summary.isNotApplied)
                }
            case .error:
                let outcome = try ErrorAnswer.readCode(frame.body, flags: frame.header.flags)
                if outcome == .unprepared {
                    prepareAgain(Int(flights[index].statement), for: stream, on: link)
                } else {
                    link.streams.release(stream)
                    fail(index, outcome)
                }
            default: throw .unexpectedOpcode(frame.header.opcode.rawValue)
            }
        }
    }

    func complete(_ index: Int32, now: Instant, isNotApplied: Bool) {
        let flight = flights[index]
        let response = now.nanoseconds - flight.intended
        // The answer was there, but not in time; that the expiry had not been looked at yet makes no difference.
        if response >= settings.timeOut.count { return fail(index, .timeOut) }
        flights.remove(index)
        if flight.link >= 0 { links[Int(flight.link)].attempts = 0 }
        if flight.gather >= 0 { return gathered(flight, nil, now: now) }
        if flight.slice >= 0 {
            let accumulator = slices[Int(flight.slice)]!
            accumulator.complete(
                Int(flight.statement), intended: Instant(nanoseconds: flight.intended), response: response,
                service: now.nanoseconds - flight.sent, rows: flight.rows, bytes: flight.bytes,
                isNotApplied: isNotApplied)
            accumulator.outstanding -= 1
            deliverIfDrained(flight.slice)
        }
        if isClosedLoop { ended += 1 }
    }

    /// The flight failed; its stream has been dealt with.
    func fail(_ index: Int32, _ outcome: OutcomeClass) {
        let flight = flights[index]
        flights.remove(index)
        if flight.gather >= 0 { return gathered(flight, outcome, now: Instant(nanoseconds: flight.sent)) }
        if flight.slice >= 0 {
            let accumulator = slices[Int(flight.slice)]!
            accumulator.fail(Int(flight.statement), outcome.index, timeOut: settings.timeOut)
            accumulator.outstanding -= 1
            deliverIfDrained(flight.slice)
        }
        if isClosedLoop {
            ended += 1
            onFailure?(flight.item, outcome)
        }
    }

    /// Gives up what has been waiting for longer than the time-out.
    func expire(_ now: Instant) {
        while flights.first >= 0 {
            let index = flights.first
            let flight = flights[index]
            guard now.nanoseconds - flight.intended >= settings.timeOut.count else { return }
            if flight.link < 0 {
                giveUp(index, flight)
                continue
            }
            let link = links[Int(flight.link)]
            link.streams.abandon(flight.stream)
            fail(index, .timeOut)
            breakIfStuck(link, now)
        }
    }
}
