"""Work in slices on an event loop."""

from __future__ import annotations

import asyncio
import gc
import signal
import threading
import time
import weakref

import pytest

from graphviz_ad_widgets.background import Background, interruptible


class Job:
    """Counts how often it worked."""

    def __init__(self, slices=5, error=None):
        self.left, self.done, self.error, self.interrupted = slices, 0, error, 0
        self.threads = []
        self.background = Background(self.work, self.end)

    def work(self, deadline):
        """Do a little."""
        assert deadline > time.perf_counter()
        self.done += 1
        self.threads.append(threading.current_thread())
        if self.error is not None and self.done == 2:
            raise self.error
        return self.done < self.left

    def end(self):
        """Note an interrupt."""
        self.interrupted += 1


async def until(happened):
    """Let the loop run until something has happened."""
    while not happened():
        await asyncio.sleep(0.001)


def test_it_works_until_nothing_is_left(with_loop):
    """And then it does not run."""

    async def cell():
        job = Job(5)
        assert job.background.start()
        assert job.done == 0, "the first slice waits for the cell to end"
        await until(lambda: not job.background.running)
        return job.done

    assert with_loop(cell) == 5


def test_messages_are_handled_between_slices(with_loop):
    """What else is to be done on the loop does not wait for the end."""

    async def cell():
        job = Job(10**9)
        job.background.start()
        seen = []
        for _ in range(5):
            await asyncio.sleep(0.01)
            seen.append(job.done)
        job.background.stop()
        return seen

    seen = with_loop(cell)
    assert seen == sorted(set(seen))


def test_without_a_loop_it_does_not_start(without_loop):
    """A plain script has none."""
    job = without_loop(Job)
    assert without_loop(job.background.start) is False
    assert not job.background.running


def test_a_message_on_another_thread_starts_it_on_the_loop(with_loop):
    """Comm messages may come on a thread of their own while a cell runs."""

    async def cell():
        job = Job(1)
        starter = threading.Thread(target=job.background.start)
        starter.start()
        starter.join()
        await until(lambda: job.threads)
        return job.threads == [threading.current_thread()]

    assert with_loop(cell)


def test_stopping_ends_it_and_it_can_go_on(with_loop):
    """No slice runs after a stop, and each start runs one row of slices only."""

    async def cell():
        job = Job(10**9)
        for _ in range(3):
            job.background.start()
            job.background.stop()
        job.background.start()
        await asyncio.sleep(0)
        assert job.done == 1
        await until(lambda: job.done > 3)
        job.background.stop()
        done = job.done
        await asyncio.sleep(0.02)
        return job.done - done

    assert with_loop(cell) == 0


def test_its_object_is_not_kept_alive(with_loop):
    """What is dropped without being closed works no more."""

    async def cell():
        job = Job(10**9)
        job.background.start()
        gone, background = weakref.ref(job), job.background
        del job
        gc.collect()
        await asyncio.sleep(0.02)
        return gone(), background

    gone, _ = with_loop(cell)
    assert gone is None


def test_an_interrupt_ends_all_of_them(with_loop):
    """Not only the one that hung: the next would hang as well."""

    async def cell():
        first, second = Job(10**9, KeyboardInterrupt()), Job(10**9)
        first.background.start()
        second.background.start()
        await until(lambda: first.interrupted)
        await asyncio.sleep(0.01)
        return first.background.running, second.background.running, first.interrupted, second.interrupted

    assert with_loop(cell) == (False, False, 1, 1)


def test_another_error_is_not_swallowed(with_loop):
    """It reaches the loop's own handler, and the work has ended."""

    async def cell():
        told = []
        asyncio.get_running_loop().set_exception_handler(lambda loop, context: told.append(context["exception"]))
        job = Job(10**9, RuntimeError("ours"))
        job.background.start()
        await until(lambda: told)
        return told, job.background.running

    (error,), running = with_loop(cell)
    assert str(error) == "ours"
    assert not running


def test_a_task_can_be_put_off(with_loop):
    """The last one counts."""

    async def cell():
        job = Job()
        job.background.later(1000, job.end)
        job.background.later(0.005, job.end)
        await until(lambda: job.interrupted)
        return job.interrupted

    assert with_loop(cell) == 1


class TestInterrupts:
    """A kernel ignores SIGINT between messages; these run in the main thread, where signals arrive."""

    @pytest.fixture(autouse=True)
    def _restored(self):
        before = signal.getsignal(signal.SIGINT)
        yield
        signal.signal(signal.SIGINT, before)

    def test_an_ignored_interrupt_is_heard_inside(self):
        """So that a function that never returns can be ended."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        with pytest.raises(KeyboardInterrupt), interruptible():
            signal.raise_signal(signal.SIGINT)
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
        signal.raise_signal(signal.SIGINT)

    def test_who_listened_before_is_told(self):
        """The cell that runs is interrupted, too."""
        told = []
        signal.signal(signal.SIGINT, lambda number, frame: told.append(number))
        with interruptible() as pass_on:
            assert told == []
        pass_on()
        assert told == [signal.SIGINT]

    def test_nobody_is_told_where_nobody_listened(self):
        """Passing on to a kernel at rest does nothing."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        with interruptible() as pass_on:
            pass
        pass_on()

    def test_other_threads_leave_it_alone(self, without_loop):
        """Signals arrive in the main thread only."""
        before = signal.getsignal(signal.SIGINT)

        def inside():
            with interruptible():
                return signal.getsignal(signal.SIGINT)

        assert without_loop(inside) is before
