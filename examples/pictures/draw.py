"""Draws the pictures of examples/articles, so that they belong to nobody else.

python examples/pictures/draw.py
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

from scene import Scene, arc, wave

ARTICLES = Path(__file__).parents[1] / "articles"


def loaf() -> Scene:
    scene = Scene("f6e7cf", "f0d9b5", "e8c99b")
    scene.glow(840, 170, 330, "fff6e0", 0.8)
    scene.shape([(0, 560), (1200, 540), (1200, 800), (0, 800)], "8a5a3b")
    for number in range(9):
        y = 585 + number * 26
        scene.line([(-20, y), (1220, y - 14)], "754a2f", 3, alpha=0.5)
    scene.round((180, 560, 1020, 720), "3c2415", alpha=0.45, blur=18)
    scene.round((170, 550, 1030, 690), "c89b6a")
    scene.round((170, 540, 1030, 676), "dcb483")
    crust = arc(600, 600, 350, 350, 180, 360)
    scene.shape([*crust, *arc(600, 600, 350, 52, 0, 180)], "a55f2a")
    scene.shape([*arc(600, 588, 335, 330, 184, 356)], "c07a38", alpha=0.9, blur=10)
    scene.shape(arc(540, 520, 230, 225, 185, 330), "e0a055", alpha=0.7, blur=26)
    for number, (x, lean, long) in enumerate(
        ((388, 30, 110), (480, 18, 160), (585, 6, 185), (692, -8, 160), (792, -22, 110))
    ):
        top, low = 300 + abs(2 - number) * 38, 300 + abs(2 - number) * 38 + long
        cut = [(x - lean, top), (x + 22, (top + low) / 2), (x + lean, low), (x - 16, (top + low) / 2)]
        scene.shape([(px + 7, py + 6) for px, py in cut], "6e3b17", alpha=0.55, blur=4)
        scene.shape(cut, "f7e3bd")
    for _ in range(420):
        angle, away = scene.random.uniform(190, 350), scene.random.random() ** 0.5
        x = 600 + 330 * away * math.cos(math.radians(angle))
        y = 590 + 325 * away * math.sin(math.radians(angle))
        size = scene.random.uniform(1, 3.2)
        scene.round((x - size, y - size, x + size, y + size), "fff3da", alpha=scene.random.uniform(0.25, 0.7))
    return scene


def dough() -> Scene:
    scene = Scene("cfd8d0", "dfe3d6", "e9e4d2")
    scene.shape([(0, 520), (1200, 520), (1200, 800), (0, 800)], "b98f63")
    scene.line([(0, 520), (1200, 520)], "9c744b", 6)
    scene.round((810, 90, 1090, 430), "eef3ee", radius=14)
    scene.round((826, 106, 1074, 414), "a9c6d4", radius=6)
    scene.round((940, 106, 950, 414), "eef3ee", radius=0)
    scene.round((826, 250, 1074, 260), "eef3ee", radius=0)
    scene.round((250, 640, 960, 740), "5f4127", alpha=0.5, blur=16)
    scene.round((330, 190, 850, 640), "f3e6cb")
    scene.round((360, 214, 700, 470), "fdf5e2", alpha=0.8, blur=30)
    for x, y, size in ((470, 300, 17), (560, 255, 11), (640, 315, 22), (725, 290, 12), (540, 350, 9), (690, 380, 14)):
        scene.round((x - size, y - size * 0.8, x + size, y + size * 0.8), "d9c7a2")
        scene.round((x - size * 0.8, y - size * 0.7, x + size * 0.7, y + size * 0.5), "f6ead2")
    bowl = [*arc(600, 420, 352, 300, 0, 180), (248, 420)]
    scene.shape(bowl, "2f6f73")
    scene.shape(arc(520, 430, 240, 250, 100, 180), "4b9094", alpha=0.6, blur=24)
    scene.round((236, 396, 964, 446), "3d8185", radius=25)
    scene.line([(262, 412), (940, 412)], "7cb8b6", 6, alpha=0.8)
    scene.line([(1010, 660), (1130, 470)], "8c623a", 20)
    scene.shape(arc(985, 690, 52, 66, 0, 360), "9d7045")
    return scene


def night_train() -> Scene:
    scene = Scene("0b1533", "1b2a57", "3b3a72", "7a5580")
    scene.stars(170, 430)
    scene.glow(930, 150, 150, "cfd8ff", 0.5)
    scene.shape([*arc(930, 150, 48, 48, -110, 110), *reversed(arc(906, 150, 42, 46, -82, 82))], "f4f1df")
    scene.hills(400, 80, "35366b", waves=1.5, shift=0.4)
    scene.hills(450, 60, "252757", waves=2.2, shift=2.1)
    for number in range(26):
        x, tall = number * 50 + scene.random.uniform(-18, 18), scene.random.uniform(150, 215)
        scene.shape([(x - 26, 590), (x, 590 - tall), (x + 26, 590)], "171b42")
    scene.shape([(0, 585), (1200, 585), (1200, 800), (0, 800)], "10132f")
    for start in (-170, 300, 770):
        scene.round((start, 430, start + 455, 610), "8c2f39", radius=22)
        scene.round((start, 430, start + 455, 462), "b3434c", radius=18)
        scene.round((start + 2, 545, start + 453, 562), "f0d7a6", radius=2)
        for number in range(5):
            x = start + 34 + number * 82
            lit = (start, number) not in ((300, 3), (770, 1), (-170, 2))
            if lit:
                scene.glow(x + 28, 500, 52, "ffd98a", 0.55)
            scene.round((x, 472, x + 58, 528), "ffe3a3" if lit else "39294a", radius=9)
            if lit:
                scene.round((x + 4, 502, x + 54, 526), "f4b860", alpha=0.55, radius=6)
        for x in (start + 70, start + 130, start + 330, start + 390):
            scene.round((x - 23, 592, x + 23, 638), "090b1e")
            scene.round((x - 9, 606, x + 9, 624), "4a4f74")
    scene.round((-20, 638, 1220, 646), "7d83a8", radius=2)
    for number in range(31):
        scene.round((number * 41 - 20, 650, number * 41 + 2, 660), "2d2f52", radius=3)
    for number in range(15):
        x = number * 84
        scene.shape([(x + 8, 672), (x + 52, 672), (x + 92, 770), (x - 18, 770)], "f2c877", alpha=0.22, blur=12)
    return scene


def platform() -> Scene:
    scene = Scene("16203f", "27335e", "4a4674")
    scene.stars(60, 240)
    scene.shape([(0, 130), (1200, 30), (1200, 110), (0, 200)], "0d1228")
    scene.shape([(0, 200), (1200, 110), (1200, 124), (0, 218)], "58618f")
    for x, top in ((150, 190), (470, 165), (800, 140), (1110, 118)):
        scene.round((x, top, x + 16, 640), "20284c", radius=3)
        scene.shape([(x + 8, top + 10), (x - 150, 640), (x + 166, 640)], "ffdf9a", alpha=0.13, blur=14)
        scene.glow(x + 8, top + 24, 60, "ffe2a6", 0.8)
        scene.round((x - 16, top + 8, x + 32, top + 26), "fff1cf", radius=8)
    scene.shape([(0, 620), (1200, 590), (1200, 800), (0, 800)], "3a4065")
    scene.shape([(0, 735), (1200, 700), (1200, 714), (0, 752)], "e9dfc0", alpha=0.85)
    scene.shape([(0, 752), (1200, 714), (1200, 800), (0, 800)], "0c0f22")
    scene.round((560, 250, 700, 390), "e9ecf7")
    scene.round((572, 262, 688, 378), "fffdf5")
    scene.line([(630, 320), (600, 301)], "20284c", 7)  # 22:04
    scene.line([(630, 320), (648, 279)], "20284c", 5)
    scene.round((623, 313, 637, 327), "a63c3c")
    scene.round((626, 205, 634, 252), "20284c", radius=2)
    scene.round((300, 560, 520, 580), "94683f", radius=6)
    scene.round((300, 512, 520, 528), "94683f", radius=6)
    for x in (318, 496):
        scene.round((x, 512, x + 10, 640), "5f4127", radius=3)
    dog = "1a1d35"
    scene.round((872, 600, 990, 648), dog, radius=24)
    scene.shape([(960, 616), (988, 556), (1016, 556), (1046, 584), (1016, 600), (996, 642)], dog)
    scene.shape([(986, 562), (976, 530), (1004, 556)], dog)
    for x in (882, 904, 958, 978):
        scene.round((x, 630, x + 13, 690), dog, radius=6)
    scene.line([(878, 612), (850, 580), (846, 556)], dog, 11)
    return scene


def film() -> Scene:
    scene = Scene("12343b", "1d4a52", "2b6a6c")
    scene.glow(600, 400, 420, "58b09c", 0.35)
    scene.round((-40, 210, 1240, 590), "0a1c20", radius=10)
    for number in range(22):
        for top in (228, 544):
            scene.round((number * 58 - 18, top, number * 58 + 16, top + 28), "2b6a6c", radius=6)
    shades = (("f9c74f", "f3722c"), ("90be6d", "43aa8b"), ("a9def9", "577590"))
    for number, (near, far) in enumerate(shades):
        left = 42 + number * 380
        scene.round((left, 276, left + 356, 524), near, radius=10)
        scene.round((left + 230, 300, left + 300, 370), "fffbe6")
        scene.shape([(left, 470), (left + 120, 360), (left + 220, 440), (left + 290, 390), (left + 356, 450),
                     (left + 356, 514), (left + 346, 524), (left + 10, 524), (left, 514)], far)  # fmt: skip
        step = (6, 22, 44)[number]  # the same picture with ever larger blocks
        if number:
            scene.coarsen((left + 6, 282, left + 350, 518), step)
    scene.round((510, 310, 690, 490), "0a1c20", alpha=0.72)
    scene.shape([(572, 352), (572, 448), (650, 400)], "fdfcf0")
    scene.round((150, 672, 1050, 684), "0a1c20", radius=6)
    scene.round((150, 672, 520, 684), "f9c74f", radius=6)
    scene.round((504, 662, 536, 694), "fdfcf0")
    return scene


def worm_box() -> Scene:
    scene = Scene("bfe0e2", "d9ecdf", "eef3df")
    scene.glow(220, 120, 200, "fff8cf", 0.9)
    scene.round((0, 640, 1200, 820), "b7a184", radius=0)
    for number in range(7):
        scene.round((number * 190 - 60, 640, number * 190 - 54, 800), "9d876b", radius=0)
    for x in (60.0, 104.0, 148.0, 1010.0, 1060.0, 1110.0):
        scene.line([(x, 640), (x + 14 * math.sin(x), 470 + 60 * math.cos(x))], "4f8a4b", 10)
        for side in (-1, 1):
            scene.round((x + side * 34 - 30, 486, x + side * 34 + 30, 530), "6aa862")
    scene.round((20, 560, 200, 680), "b5573a", radius=12)
    scene.round((970, 560, 1160, 680), "b5573a", radius=12)
    scene.round((240, 660, 980, 730), "4f3c2a", alpha=0.45, blur=14)
    scene.shape([(250, 210), (950, 210), (920, 690), (280, 690)], "9a6b3f")
    layers = (("e8d7ab", 236), ("86a957", 320), ("5b4630", 420), ("3d2c1d", 560))
    for color, top in layers:
        edge = [(x, top + 9 * wave(x / 90)) for x in range(284, 917, 6)]
        scene.shape([*edge, (897, 666), (303, 666)], color)
    for _ in range(40):
        x, y = scene.random.uniform(300, 880), scene.random.uniform(246, 305)
        scene.line([(x, y), (x + scene.random.uniform(20, 50), y + scene.random.uniform(-12, 12))], "cdb67f", 5)
    for _ in range(26):
        x, y, size = scene.random.uniform(310, 880), scene.random.uniform(340, 405), scene.random.uniform(7, 17)
        color = scene.random.choice(("f28f3b", "c8553d", "b5d267", "f6d55c", "4d7c3a"))
        scene.round((x - size, y - size * 0.7, x + size, y + size * 0.7), color)
    for _ in range(200):
        x, y, size = scene.random.uniform(312, 888), scene.random.uniform(440, 655), scene.random.uniform(1.5, 4)
        scene.round((x - size, y - size, x + size, y + size), scene.random.choice(("7a5f43", "2b1e13", "8f7350")))
    for x, y, long, lean in (
        (350, 470, 100, 0),
        (540, 505, 120, 1.2),
        (740, 462, 110, 2.2),
        (430, 590, 130, 3.0),
        (690, 600, 120, 0.7),
    ):
        body = [(x + step * long / 20, y + 15 * math.sin(step / 3.2 + lean)) for step in range(21)]
        scene.line(body, "d98a86", 13)
        scene.line(body[7:11], "f0b3ab", 13)
    scene.round((226, 176, 974, 222), "7c5330", radius=10)
    scene.line([(240, 188), (960, 188)], "a87a4d", 4)
    scene.round((560, 150, 640, 182), "5d3d22", radius=12)
    for number in range(6):
        x = 330 + number * 108
        scene.round((x - 7, 192, x + 7, 206), "4a3019")
    return scene


def dawn() -> Scene:
    scene = Scene("2f3e6e", "8a6f9e", "f2a38a", "ffd9a0", "ffe9c4")
    scene.glow(420, 430, 240, "fff0c2", 0.9)
    scene.round((360, 370, 480, 490), "fffbe8")
    scene.shape([(0, 432), (1200, 432), (1200, 800), (0, 800)], "c98f8d")
    scene.shape([(0, 432), (1200, 432), (1200, 470), (0, 470)], "e2ad9d", blur=8)
    scene.shape([(0, 600), (1200, 520), (1200, 800), (0, 800)], "8f6d7f", alpha=0.6, blur=40)
    scene.water(432, "7a5f7a", "fff1cf", at=420)
    island = [
        (x, 434 - 34 * math.sin((x - 980) / 260 * math.pi) ** 2 * (1 + 0.4 * wave(x / 90))) for x in range(980, 1241, 6)
    ]
    scene.shape([*island, (1240, 440), (980, 440)], "6d5a7d")
    scene.shape([(980, 440), (1240, 440), (1240, 462), (1060, 452)], "6d5a7d", alpha=0.35, blur=5)
    scene.shape([(760, 560), (1010, 560), (970, 612), (800, 612)], "3a2f48")
    scene.line([(880, 560), (880, 372)], "3a2f48", 7)
    scene.shape([(890, 384), (890, 540), (990, 540)], "f7ead0")
    scene.shape([(870, 410), (870, 540), (800, 540)], "e8cdb4")
    scene.shape([(800, 622), (970, 622), (930, 690), (840, 690)], "3a2f48", alpha=0.28, blur=8)
    for x, y, size in ((240, 180, 24), (310, 220, 17), (190, 240, 14), (700, 150, 18)):
        scene.line([*arc(x - size, y, size, size * 0.6, 200, 340)], "3a2f48", 4)
        scene.line([*arc(x + size, y, size, size * 0.6, 200, 340)], "3a2f48", 4)
    return scene


def flats() -> Scene:
    scene = Scene("a9cfe0", "cfe5e8", "eef1e2")
    scene.glow(900, 120, 200, "ffffff", 0.8)
    for x, y, size in ((220, 120, 70.0), (310, 104, 90.0), (400, 126, 66.0), (760, 190, 50.0), (820, 182, 60.0)):
        scene.round((x - size, y - size * 0.4, x + size, y + size * 0.4), "ffffff", alpha=0.85, blur=6)
    scene.shape([(0, 330), (1200, 330), (1200, 800), (0, 800)], "b59f86")
    scene.shape([(0, 330), (1200, 330), (1200, 352), (0, 348)], "6f93a3")
    scene.shape([(0, 352), (1200, 350), (1200, 430), (0, 440)], "c3b199", blur=6)
    for row in range(26):
        near = row / 25
        y = 385 + near**1.35 * 430
        ripple = [(x, y + (3 + near * 14) * wave(x / 120 + row * 1.7)) for x in range(-10, 1220, 8)]
        scene.line(ripple, "8d775f", 1.5 + near * 6, alpha=0.5)
        scene.line([(x, yy + 3 + near * 7) for x, yy in ripple], "d8c8b0", 1 + near * 4, alpha=0.6)
    creek = [
        (660 - (y - 350) * 0.3 + (8 + (y - 350) * 0.16) * math.sin(((y - 340) ** 0.62) / 5.2), y)
        for y in range(350, 812, 6)
    ]
    for wide, color, alpha in ((1.0, "6f93a3", 0.95), (0.55, "b9d7df", 0.7)):
        left = [(x - wide * (8 + (y - 350) * 0.17), y) for x, y in creek]
        right = [(x + wide * (8 + (y - 350) * 0.2), y) for x, y in reversed(creek)]
        scene.shape([*left, *right], color, alpha=alpha, blur=4)
    for number, (x, y) in enumerate(
        ((250, 770), (275, 724), (262, 682), (286, 644), (276, 610), (296, 580), (288, 553), (304, 530))
    ):
        size = 17 - number * 1.7
        scene.round((x - size * 0.6, y - size, x + size * 0.6, y + size), "7a6650", alpha=0.8)
    for x, y, size in ((840, 540, 1.0), (990, 600, 1.35)):
        scene.round((x - 34 * size, y - 24 * size, x + 34 * size, y + 14 * size), "f7f7f2")
        scene.round((x + 18 * size, y - 44 * size, x + 46 * size, y - 18 * size), "2b2b2b")
        scene.shape(
            [(x - 44 * size, y - 12 * size), (x + 8 * size, y - 26 * size), (x - 4 * size, y + 4 * size)], "2b2b2b"
        )
        scene.line([(x + 44 * size, y - 30 * size), (x + 78 * size, y - 18 * size)], "e4572e", 5 * size)
        for leg in (-8, 10):
            scene.line([(x + leg * size, y + 12 * size), (x + leg * size, y + 46 * size)], "e07a5f", 4 * size)
    return scene


def lighthouse() -> Scene:
    scene = Scene("20335c", "3f5f8a", "86a4b0", "e7c9a0")
    scene.stars(50, 260)
    scene.shape([(660, 214), (-60, 60), (-60, 300)], "ffefb8", alpha=0.28, blur=12)
    scene.shape([(700, 214), (1260, 120), (1260, 290)], "ffefb8", alpha=0.28, blur=12)
    scene.shape([(0, 560), (1200, 560), (1200, 800), (0, 800)], "35506b")
    scene.water(560, "22364f", "f3d9a8", at=560, spread=220)
    scene.shape([(430, 640), (560, 560), (700, 545), (900, 560), (1220, 610), (1220, 820), (380, 820)], "2d3a34")
    scene.shape([(430, 640), (560, 560), (700, 545), (900, 560), (1220, 610), (1220, 650), (800, 612)], "55684a")
    tower = [(622, 560), (738, 560), (716, 262), (644, 262)]
    scene.shape(tower, "f5efe3")
    for top in (300, 404, 508):
        left, right = 644 - (top - 262) * 22 / 298, 716 + (top - 262) * 22 / 298
        more = 52 * 22 / 298
        scene.shape([(left, top), (right, top), (right + more, top + 52), (left - more, top + 52)], "c8453b")
    scene.shape([(692, 262), (716, 262), (738, 560), (698, 560)], "1b2740", alpha=0.22, blur=4)
    scene.round((630, 250, 730, 266), "2b2f3d", radius=4)
    scene.glow(680, 214, 90, "fff0b3", 0.9)
    scene.round((652, 184, 708, 252), "fff4c4", radius=6)
    for x in (652.0, 678.0, 704.0):
        scene.round((x, 184, x + 5, 252), "2b2f3d", radius=1)
    scene.shape([(640, 188), (680, 140), (720, 188)], "8f2f2c")
    scene.round((664, 460, 690, 502), "2b2f3d", radius=12)
    scene.round((860, 506, 1000, 580), "efe6d6", radius=3)
    scene.shape([(846, 512), (930, 456), (1014, 512)], "7b3a35")
    scene.round((884, 530, 912, 562), "ffd98a", radius=3)
    scene.round((944, 530, 972, 562), "ffd98a", radius=3)
    for number in range(60):
        x = scene.random.uniform(420, 1200)
        y = 640 + scene.random.uniform(0, 150)
        scene.line([(x, y), (x + scene.random.uniform(-8, 8), y - 22)], "6f8159", 3, alpha=0.6)
        if number % 5 == 0:
            scene.round((x - 10, y - 6, x + 14, y + 10), "59605c")
    return scene


def flood() -> Scene:
    scene = Scene("f7b267", "f79d65", "f4845f", "c05a6b", "6d3f68")
    scene.glow(820, 330, 260, "ffe8b0", 0.8)
    scene.round((750, 262, 890, 402), "fff3cc")
    for y, left, right in ((150, 120, 520), (196, 60, 380), (110, 640, 1060), (236, 880, 1160)):
        scene.round((left, y, right, y + 16), "fbd3a2", alpha=0.7, blur=5, radius=8)
    scene.shape([(0, 410), (1200, 410), (1200, 800), (0, 800)], "7d4467")
    scene.shape([(0, 410), (1200, 410), (1200, 500), (0, 500)], "c96a68", alpha=0.8, blur=26)
    scene.water(410, "542c52", "ffdca6", at=820)
    for number in range(9):
        near = number / 8
        x, wide = 60 + number * 62 + near * 40, 10 + near * 14
        top, low = 400 - near * 60, 470 + near * 190
        scene.round((x, top, x + wide, low), "3b1f3a", radius=4)
        scene.round((x - 2, low - 4, x + wide + 2, low + 40 * near + 8), "3b1f3a", alpha=0.35, blur=4, radius=4)
        if number in (3, 7):
            scene.round((x - 8, top - 22, x + wide + 10, top - 2), "f6eee0")
            scene.round((x + wide - 2, top - 34, x + wide + 14, top - 18), "f6eee0")
            scene.line([(x + wide + 13, top - 26), (x + wide + 24, top - 24)], "e88c30", 4)
    return scene


def comet() -> Scene:
    scene = Scene("060b1f", "0e1c3f", "1d3c63", "4f6f7f", "c9a36a")
    scene.stars(260, 560)
    head = (820.0, 250.0)
    for number in range(5):
        spread, long = 30 + number * 34, 760 - number * 70
        end = (head[0] - long * 0.93, head[1] - long * 0.30 + number * 26)
        far = [(end[0], end[1] - spread), (end[0] + 20, end[1] + spread)]
        tail = [(head[0], head[1] - 12), *far, (head[0], head[1] + 14)]
        scene.shape(tail, "bfe3ff", alpha=0.11, blur=16 + number * 4)
    scene.shape([(head[0], head[1] - 6), (250, 20), (262, 34), (head[0], head[1] + 6)], "dff2ff", alpha=0.55, blur=9)
    scene.glow(*head, 76, "d6efff", 0.85)
    scene.round((head[0] - 17, head[1] - 17, head[0] + 17, head[1] + 17), "ffffff", blur=3)
    scene.hills(640, 60, "23384a", waves=2.0, shift=0.8)
    scene.hills(690, 50, "172735", waves=2.8, shift=2.6)
    scene.hills(750, 36, "0c151f", waves=2.2, shift=4.1)
    scene.line([(300, 742), (318, 684)], "05090e", 5)
    scene.line([(336, 742), (318, 684)], "05090e", 5)
    scene.line([(318, 742), (318, 684)], "05090e", 5)
    scene.line([(292, 702), (352, 656)], "05090e", 15)
    for x, tall in ((232, 92), (262, 66)):
        scene.round((x - 9, 742 - tall - 22, x + 9, 742 - tall - 2), "05090e")
        scene.round((x - 12, 742 - tall, x + 12, 760), "05090e", radius=10)
    return scene


PICTURES: dict[str, Callable[[], Scene]] = {
    "loaf.png": loaf,
    "dough.jpg": dough,
    "night-train/window.jpg": night_train,
    "night-train/platform.jpg": platform,
    "web-video/film.png": film,
    "wurmkiste.webp": worm_box,
    "low-tide/dawn.jpg": dawn,
    "low-tide/flats.jpg": flats,
    "low-tide/lighthouse.webp": lighthouse,
    "low-tide/flood.jpg": flood,
    "halley.jpg": comet,
}


def main() -> None:
    for name, draw in PICTURES.items():
        draw().save(ARTICLES / name)
        print(f"{(ARTICLES / name).stat().st_size / 1000:6.0f} kB  {name}")


if __name__ == "__main__":
    main()
